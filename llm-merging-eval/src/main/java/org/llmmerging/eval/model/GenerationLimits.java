package org.llmmerging.eval.model;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens may be generated, as Hugging Face's {@code generate} decides it.
 *
 * @param newTokens most new tokens, or null when the total counts
 * @param total most tokens in total, of which a decoder's prompt or an encoder-decoder's start token are a part
 */
record GenerationLimits(@Nullable Integer newTokens, int total) {
    private static final int DEFAULT_TOTAL = 20;

    /** @param requested most new tokens, or null for what {@link GenerationConfig#file} says */
    static GenerationLimits read(Path folder, @Nullable Integer requested) {
        ConfigJson json = GenerationConfig.file(folder).orElse(null);
        if (requested != null || json == null) {
            return new GenerationLimits(requested, DEFAULT_TOTAL);
        }
        Integer newTokens = json.has("max_new_tokens") ? (Integer) json.count("max_new_tokens", 1) : null;
        return new GenerationLimits(newTokens, json.count("max_length", DEFAULT_TOTAL));
    }

    /** At least one token, however long the prompt. */
    int afterPrompt(int promptTokens) {
        return newTokens != null ? newTokens : Math.max(1, total - promptTokens);
    }
}
