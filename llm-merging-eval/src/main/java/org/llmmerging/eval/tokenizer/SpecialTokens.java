package org.llmmerging.eval.tokenizer;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.llmmerging.checkpoint.CheckpointException;

/**
 * The texts of a tokenizer's special tokens.
 *
 * @param byName those that there are, under names such as {@code bos_token}, as templates have them
 */
public record SpecialTokens(Map<String, String> byName) {
    public SpecialTokens {
        byName = Map.copyOf(byName);
    }

    /**
     * Reads those of a model folder.
     *
     * @throws CheckpointException when a file of the tokenizer is malformed
     */
    public static SpecialTokens of(Path folder) {
        Map<String, String> tokens = new HashMap<>();
        TokenizerConfigFile.read(folder).special().forEach((name, token) -> {
            String content = token.content();
            if (content != null) {
                tokens.put(name, content);
            }
        });
        return new SpecialTokens(tokens);
    }
}
