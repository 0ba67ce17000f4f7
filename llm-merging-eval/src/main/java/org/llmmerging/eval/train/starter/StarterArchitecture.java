package org.llmmerging.eval.train.starter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Shape of a starter model: what its configuration files say and which weights it has. Immutable. */
sealed interface StarterArchitecture permits StarterDecoder, StarterEncoderDecoder {
    /** The release of Hugging Face transformers whose spelling the files follow: {@code torch_dtype}, not dtype. */
    String TRANSFORMERS_VERSION = "4.47.1";

    /** Longest text in tokens; rows of the real validation sets exceed 1024 bytes. */
    int MAXIMUM_LENGTH = 4096;

    /** Most tokens that are generated where nobody says how many; the answers they learn from are shorter. */
    int LONGEST_ANSWER = 40;

    /** Number of tokens. */
    int vocabularySize();

    /** Contents of {@code config.json}. */
    ObjectNode config();

    /** Contents of {@code generation_config.json}. */
    ObjectNode generationConfig();

    /** Every weight, sorted by name. */
    List<InitialWeight> weights();
}
