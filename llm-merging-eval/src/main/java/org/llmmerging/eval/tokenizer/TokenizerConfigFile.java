package org.llmmerging.eval.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.tokenizer.AddedToken;

/**
 * What {@code tokenizer_config.json} says of special tokens, and its class where it does not. Folders of before
 * transformers 4.34 have no {@code added_tokens_decoder} in it; there {@code special_tokens_map.json} takes precedence
 * over it, as it does in transformers.
 *
 * @param special by name, such as {@code bos_token}
 * @param listed the tokens of {@code added_tokens_decoder}, whose switches go before those of {@code tokenizer.json}
 * @param declared the tokens that are special by their names in these files
 * @param followsFlags whether the tokenizer's class adds BOS and EOS by its {@code add_bos_token} and
 *     {@code add_eos_token}, and not by the template of {@code tokenizer.json}
 * @param addsBos whether such a class begins a prompt with BOS
 * @param addsEos whether such a class ends a prompt with EOS
 * @param cleansUpSpaces whether decoding removes the spaces before punctuation
 * @param cutsBegin whether a text that is too long loses its beginning; null when the file does not say
 */
record TokenizerConfigFile(
        Map<String, Token> special,
        List<AddedToken> listed,
        List<AddedToken> declared,
        boolean followsFlags,
        boolean addsBos,
        boolean addsEos,
        boolean cleansUpSpaces,
        @Nullable Boolean cutsBegin) {

    /**
     * A special token.
     *
     * @param content its text, or null when there is none
     * @param isNamed whether a file of the model names it; else it is its class's, if the tokenizer has it
     */
    record Token(@Nullable String content, boolean isNamed) {}

    private static final String ADDED = "added_tokens_decoder";
    private static final List<String> NAMES = List.of(
            "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");
    private static final List<String> LISTS = List.of("additional_special_tokens", "extra_special_tokens");

    TokenizerConfigFile {
        special = Map.copyOf(special);
        listed = List.copyOf(listed);
        declared = List.copyOf(declared);
    }

    Token bosToken() {
        return special("bos_token");
    }

    Token eosToken() {
        return special("eos_token");
    }

    Token padToken() {
        return special("pad_token");
    }

    private Token special(String name) {
        return special.getOrDefault(name, new Token(null, false));
    }

    static TokenizerConfigFile read(Path folder) {
        Path file = folder.resolve("tokenizer_config.json");
        JsonNode config = json(file);
        Path mapFile = folder.resolve("special_tokens_map.json");
        JsonNode map = config.path(ADDED).isObject() ? MissingNode.getInstance() : json(mapFile);
        for (String name : NAMES) {
            boolean isInMap = map.hasNonNull(name);
            check(isInMap ? mapFile : file, name, isInMap ? map : config, TokenizerConfigFile::isToken,
                    "a token, its text or an object with its content,");
        }
        check(file, "split_special_tokens", config, split -> !split.asBoolean(),
                "false, since special tokens in a text are always found as such,");
        check(file, "tokenizer_class", config, JsonNode::isTextual, "a string");
        TokenizerClass type = TokenizerClass.of(config, json(folder.resolve("config.json")));
        return new TokenizerConfigFile(
                NAMES.stream().collect(Collectors.toMap(name -> name, name -> token(name, config, map, type))),
                listed(config),
                declared(config, map, type),
                type.followsFlags(),
                type.followsFlags() && flag(file, "add_bos_token", config, true),
                type.followsFlags() && flag(file, "add_eos_token", config, false),
                flag(file, "clean_up_tokenization_spaces", config, type.cleansUpSpaces()),
                cutsBegin(file, config.path("truncation_side")));
    }

    /** Null is as good as false, and 0 and 1 are as good as switches, as in Python. */
    private static boolean flag(Path file, String key, JsonNode config, boolean otherwise) {
        check(file, key, config, TokenizerConfigFile::isSwitch, "true or false");
        return config.has(key) ? config.path(key).asBoolean() : otherwise;
    }

    /** What is of another type would count as absent, and change what is put around every text. */
    private static void check(
            Path file, String key, JsonNode json, Predicate<JsonNode> isValid, String expected) {
        JsonNode value = json.path(key);
        if (json.hasNonNull(key) && !isValid.test(value)) {
            throw new CheckpointException(
                    file, key + " is " + value + " where " + expected + " is expected. Correct the file");
        }
    }

    private static boolean isSwitch(JsonNode value) {
        return value.isBoolean() || value.isInt() && (value.intValue() == 0 || value.intValue() == 1);
    }

    private static boolean isToken(JsonNode value) {
        return content(value) != null;
    }

    private static @Nullable Boolean cutsBegin(Path file, JsonNode side) {
        if (side.isMissingNode()) {
            return null;
        }
        return switch (side.asText()) {
            case "left" -> true;
            case "right" -> false;
            default -> throw new CheckpointException(
                    file, "truncation_side is " + side + ". Write left or right, the side where a text is cut");
        };
    }

    private static Token token(String name, JsonNode config, JsonNode map, TokenizerClass type) {
        boolean isNamed = config.has(name) || map.hasNonNull(name);
        return isNamed ? new Token(content(named(name, config, map)), true) : new Token(type.token(name), false);
    }

    private static List<AddedToken> listed(JsonNode config) {
        List<AddedToken> listed = new ArrayList<>();
        config.path(ADDED).forEach(token -> add(content(token), token, token.path("special").asBoolean(), listed));
        return listed;
    }

    private static List<AddedToken> declared(JsonNode config, JsonNode map, TokenizerClass type) {
        List<AddedToken> declared = new ArrayList<>();
        NAMES.forEach(name -> add(token(name, config, map, type).content(), named(name, config, map), true, declared));
        LISTS.forEach(list -> named(list, config, map).forEach(token -> add(content(token), token, true, declared)));
        return declared;
    }

    /** @param switches has what is said of the token besides its text, if anything is */
    private static void add(
            @Nullable String content, JsonNode switches, boolean special, List<AddedToken> declared) {
        if (content != null && !content.isEmpty()) {
            declared.add(new AddedToken(
                    content,
                    switches.path("single_word").asBoolean(),
                    switches.path("lstrip").asBoolean(),
                    switches.path("rstrip").asBoolean(),
                    switches.path("normalized").asBoolean(!special),
                    special));
        }
    }

    private static JsonNode named(String key, JsonNode config, JsonNode map) {
        return map.hasNonNull(key) ? map.path(key) : config.path(key);
    }

    /** A token is written as its text or as an object with the text as {@code content}. */
    private static @Nullable String content(JsonNode token) {
        JsonNode content = token.isObject() ? token.path("content") : token;
        return content.isTextual() ? content.textValue() : null;
    }

    private static JsonNode json(Path file) {
        if (!Files.isRegularFile(file)) {
            return MissingNode.getInstance();
        }
        return JsonFile.read(file, "Copy the file from the base model again");
    }
}
