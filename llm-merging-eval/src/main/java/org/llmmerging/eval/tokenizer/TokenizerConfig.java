package org.llmmerging.eval.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.JsonFile;

/**
 * What {@code tokenizer_config.json}, and {@code special_tokens_map.json} where it is silent, say of special tokens.
 *
 * @param followsFlags whether the tokenizer's class adds BOS and EOS by its {@code add_bos_token} and
 *     {@code add_eos_token}, which the kit sets, and not by the template of {@code tokenizer.json}
 * @param cleansUpSpaces whether decoding removes the spaces before punctuation
 */
record TokenizerConfig(
        @Nullable String bosToken,
        @Nullable String eosToken,
        @Nullable String padToken,
        boolean followsFlags,
        boolean cleansUpSpaces) {

    private static final Set<String> CLASSES_WITH_FLAGS = Set.of(
            "LlamaTokenizer", "LlamaTokenizerFast", "CodeLlamaTokenizer", "CodeLlamaTokenizerFast", "GemmaTokenizer",
            "GemmaTokenizerFast");

    static TokenizerConfig read(Path folder) {
        JsonNode config = json(folder.resolve("tokenizer_config.json"));
        JsonNode map = json(folder.resolve("special_tokens_map.json"));
        return new TokenizerConfig(
                token("bos_token", config, map),
                token("eos_token", config, map),
                token("pad_token", config, map),
                CLASSES_WITH_FLAGS.contains(config.path("tokenizer_class").asText("")),
                config.path("clean_up_tokenization_spaces").asBoolean(true));
    }

    /** A token is written as its text or as an object with the text as {@code content}. */
    private static @Nullable String token(String key, JsonNode config, JsonNode map) {
        JsonNode node = config.has(key) ? config.path(key) : map.path(key);
        JsonNode content = node.isObject() ? node.path("content") : node;
        return content.isTextual() ? content.textValue() : null;
    }

    private static JsonNode json(Path file) {
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        return JsonFile.read(file, "Copy the file from the base model again");
    }
}
