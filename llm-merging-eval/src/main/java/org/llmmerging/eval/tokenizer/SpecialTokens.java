package org.llmmerging.eval.tokenizer;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;

/**
 * The texts of a tokenizer's special tokens.
 *
 * @param byName those that there are, under {@code bos_token}, {@code eos_token} and {@code pad_token}
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
        TokenizerConfig config = TokenizerConfig.read(folder);
        Map<String, String> tokens = new HashMap<>();
        put(tokens, "bos_token", config.bosToken().content());
        put(tokens, "eos_token", config.eosToken().content());
        put(tokens, "pad_token", config.padToken().content());
        return new SpecialTokens(tokens);
    }

    private static void put(Map<String, String> tokens, String name, @Nullable String token) {
        if (token != null) {
            tokens.put(name, token);
        }
    }
}
