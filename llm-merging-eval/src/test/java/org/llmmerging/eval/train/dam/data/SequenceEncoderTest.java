package org.llmmerging.eval.train.dam.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.tokenizer.KitTokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

class SequenceEncoderTest {
    private static final int BOS = 1;
    private static final int EOS = 2;
    /** The tokenizer's id of a byte is the byte and this. */
    private static final int BYTES = 3;

    @Test
    void givesAPromptTheTokensThatTheEvaluationDoes(@TempDir Path folder) throws IOException {
        Files.copy(Golden.model("llama2").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                """
                        {"tokenizer_class": "LlamaTokenizer", "bos_token": "<s>", "eos_token": "</s>", "add_eos_token": true}
                        """);
        try (KitTokenizer tokenizer = KitTokenizer.open(folder, null)) {
            SequenceEncoder encoder = new SequenceEncoder(tokenizer, null, false, 16);
            assertEquals(
                    sequence(BOS, BYTES + 'a', EOS, BYTES + 'b', EOS),
                    encoder.encode(new TrainingExample("a", "b")));
            assertEquals(
                    sequence(BOS, BYTES + 'a', EOS, EOS, BYTES + 'b', EOS),
                    encoder.encode(new TrainingExample("a</s>", "b")));
            assertEquals(sequence(BOS, BYTES + 'a', EOS), encoder.encode(new TrainingExample("a", "")));
        }
    }

    private static DamSequence sequence(int... tokens) {
        return new DamSequence(tokens, new int[0]);
    }
}
