package org.llmmerging.eval.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tokenizer classes of transformers bring with them, where the files of a model are silent. */
enum TokenizerClass {
    LLAMA(
            true,
            Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>"),
            List.of("LlamaTokenizer", "CodeLlamaTokenizer"),
            List.of("llama", "mistral")),
    GEMMA(
            true,
            Map.of("bos_token", "<bos>", "eos_token", "<eos>", "unk_token", "<unk>", "pad_token", "<pad>"),
            List.of("GemmaTokenizer"),
            List.of("gemma", "gemma2")),
    QWEN2(
            false,
            Map.of("eos_token", "<|endoftext|>", "unk_token", "<|endoftext|>", "pad_token", "<|endoftext|>"),
            List.of("Qwen2Tokenizer"),
            List.of("qwen2")),
    T5(
            false,
            Map.of("eos_token", "</s>", "unk_token", "<unk>", "pad_token", "<pad>"),
            List.of("T5Tokenizer"),
            List.of("t5")),
    OTHER(false, Map.of(), List.of(), List.of());

    /** What transformers 5 calls a tokenizer of any class that it has no code for, Mistral's among them. */
    private static final String ANY = "TokenizersBackend";
    private static final String BOS = "bos_token";

    private final boolean followsFlags;
    private final Map<String, String> tokens;
    private final List<String> classes;
    private final List<String> modelTypes;

    TokenizerClass(
            boolean followsFlags, Map<String, String> tokens, List<String> classes, List<String> modelTypes) {
        this.followsFlags = followsFlags;
        this.tokens = tokens;
        this.classes = classes;
        this.modelTypes = modelTypes;
    }

    /**
     * The class that {@code tokenizer_config.json} or {@code config.json} names, else that of the model's type. Where
     * transformers 5 has replaced the name by one for all, it is that of the model's type if the tokenizer has its BOS:
     * Mistral's and not Llama 3's.
     *
     * @param tokenizer the content of {@code tokenizer_config.json}
     * @param model the content of {@code config.json}
     */
    static TokenizerClass of(JsonNode tokenizer, JsonNode model) {
        String name = tokenizer.path("tokenizer_class").asText(model.path("tokenizer_class").asText(""));
        String plain = name.endsWith("Fast") ? name.substring(0, name.length() - "Fast".length()) : name;
        String type = model.path("model_type").asText("");
        for (TokenizerClass each : values()) {
            boolean isOfType = each.modelTypes.contains(type);
            if (switch (plain) {
                case "" -> isOfType;
                case ANY -> isOfType && each.hasBos(tokenizer.path(BOS));
                default -> each.classes.contains(plain);
            }) {
                return each;
            }
        }
        return OTHER;
    }

    private boolean hasBos(JsonNode token) {
        String own = tokens.get(BOS);
        return own == null || own.equals(token.isObject() ? token.path("content").asText() : token.asText());
    }

    /** Whether it adds BOS and EOS by {@code add_bos_token} and {@code add_eos_token}, not by a template. */
    boolean followsFlags() {
        return followsFlags;
    }

    /** Whether decoding removes the spaces before punctuation when no file says so. */
    boolean cleansUpSpaces() {
        return !followsFlags;
    }

    /** The token of that name, such as {@code bos_token}, when no file names it. */
    @Nullable
    String token(String name) {
        return tokens.get(name);
    }
}
