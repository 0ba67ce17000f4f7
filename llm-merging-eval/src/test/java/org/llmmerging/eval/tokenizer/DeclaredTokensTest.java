package org.llmmerging.eval.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.checkpoint.CheckpointException;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the files beside tokenizer.json say of special tokens; expected values are those of transformers 4.57.6. */
class DeclaredTokensTest {
    private static final String NAMES = "\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"unk_token\": \"<unk>\"";
    private static final String MARKED = """
            {"0": {"content": "<unk>", "special": true}, "1": {"content": "<s>", "special": true},
            "2": {"content": "</s>", "special": true}}""";

    @TempDir
    private Path folder;

    @BeforeEach
    void writeTokenizerWithoutAddedTokens() throws IOException {
        write("tokenizer.json", """
                {"version": "1.0", "added_tokens": [], "pre_tokenizer": {"type": "WhitespaceSplit"},
                "model": {"type": "WordLevel", "unk_token": "<unk>",
                "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "the": 3, "cat": 4, "dog": 5}}}
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{" + NAMES + "}",
                "{\"added_tokens_decoder\": " + MARKED + "}",
                "{" + NAMES + ", \"additional_special_tokens\": [\"dog\"]}"
            })
    void whatTheyCallSpecialIsLeftOutOfText(String config) throws IOException {
        write("tokenizer_config.json", config);
        try (KitTokenizer tokenizer = open()) {
            assertEquals("the cat", tokenizer.decode(new int[] {0, 1, 3, 4, 2}));
        }
    }

    @Test
    void aTokenThatTokenizerJsonCallsOrdinaryBecomesSpecial() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        write("tokenizer.json", Files.readString(file).replace("[]", """
                [{"id": 2, "content": "</s>", "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": false}]"""));
        write("tokenizer_config.json", "{" + NAMES + "}");
        try (KitTokenizer tokenizer = open()) {
            assertEquals("the cat", tokenizer.decode(new int[] {3, 4, 2}));
        }
    }

    /** What transformers 4.57 gives, which was asked. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "thedogcat  | 3,5,4 | \"single_word\": true                    | 0",
                "thedogcat  | 3,5,4 | \"single_word\": true, \"special\": true | 0",
                "the dogcat | 0,5,4 | \"lstrip\": true                         | 3,5,4",
                "thedog cat | 3,5,0 | \"rstrip\": true                         | 3,5,4"
            })
    void theSwitchesOfAListedTokenGoBeforeThoseOfTokenizerJson(
            String text, String before, String switches, String after) throws IOException {
        addDog("");
        assertIds(text, before, "{" + NAMES + "}");
        assertIds(text, after, list(switches));
    }

    /** A token that is looked for in normalized text is normalized, too, and stands within a word here. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"normalized\": false                   | 0,5",
                "\"normalized\": true                    | 0",
                "\"normalized\": true, \"special\": true | 0",
                "\"special\": true                       | 0,5",
                "\"special\": false                      | 0"
            })
    void aListedTokenIsLookedForInTheTextThatTheListSays(String switches, String ids) throws IOException {
        addDog(", \"normalizer\": {\"type\": \"Prepend\", \"prepend\": \"_\"}");
        assertIds("thedog", "0,5", "{" + NAMES + "}");
        assertIds("thedog", ids, list(switches));
    }

    /** To a tokenizer that leaves white space in the text. */
    private void addDog(String normalizer) throws IOException {
        String tokens = """
                "added_tokens": [{"id": 5, "content": "dog", "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": false}]""";
        write("tokenizer.json", Files.readString(folder.resolve("tokenizer.json"))
                .replace("\"added_tokens\": []", tokens + normalizer)
                .replace("{\"type\": \"WhitespaceSplit\"}", "null"));
    }

    private static String list(String switches) {
        return "{" + NAMES + ", \"added_tokens_decoder\": {\"5\": {\"content\": \"dog\", " + switches + "}}}";
    }

    private void assertIds(String text, String ids, String config) throws IOException {
        write("tokenizer_config.json", config);
        try (KitTokenizer tokenizer = open()) {
            int[] expected = Arrays.stream(ids.split(",")).mapToInt(Integer::parseInt).toArray();
            assertArrayEquals(expected, tokenizer.encodePrompt(text));
        }
    }

    @Test
    void textIsCutAtThem() throws IOException {
        write("tokenizer_config.json", "{" + NAMES + "}");
        try (KitTokenizer tokenizer = open()) {
            assertArrayEquals(new int[] {3, 2, 4}, tokenizer.encodePrompt("the</s>cat"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"tokenizer_class\": \"LlamaTokenizerFast\"}",
                "{\"tokenizer_class\": \"LlamaTokenizer\", \"eos_token\": {\"content\": \"</s>\"}}",
                "{}"
            })
    void aClassBringsItsTokensWhenNoFileNamesThem(String config) throws IOException {
        write("tokenizer_config.json", config);
        write("config.json", "{\"model_type\": \"llama\"}");
        try (KitTokenizer tokenizer = open()) {
            assertArrayEquals(new int[] {1, 3, 4}, tokenizer.encodePrompt("the cat"));
            assertArrayEquals(new int[] {3, 4, 2}, tokenizer.encodeTarget("the cat"));
            assertEquals(2, tokenizer.eosId().orElseThrow());
        }
    }

    @Test
    void aClassKnownFromTheModelsTypeIsNotTakenWhenTheTokenizerLacksItsTokens() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        write("tokenizer.json", Files.readString(file).replace("\"<s>\": 1, \"</s>\": 2", "\"[B]\": 1, \"[E]\": 2"));
        write("config.json", "{\"model_type\": \"llama\"}");
        try (KitTokenizer tokenizer = open()) {
            assertArrayEquals(new int[] {3, 4}, tokenizer.encodePrompt("the cat"));
            assertTrue(tokenizer.eosId().isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"eos_token\": \"</s>\"} | {\"eos_token\": \"cat\"} | 4",
                "{\"eos_token\": null} | {\"eos_token\": \"</s>\"} | 2",
                "{\"eos_token\": \"</s>\", \"added_tokens_decoder\": {}} | {\"eos_token\": \"cat\"} | 2",
                "{\"added_tokens_decoder\": {}} | {\"eos_token\": \"cat\"} | -1"
            })
    void theMapGoesBeforeAConfigurationOfOldOnly(String config, String map, int eos) throws IOException {
        write("tokenizer_config.json", config);
        write("special_tokens_map.json", map);
        try (KitTokenizer tokenizer = open()) {
            assertEquals(eos, tokenizer.eosId().orElse(-1));
        }
    }

    /** As the first Llama tokenizers have them; the text that such a token is found in begins with a space. */
    @Test
    void aTokenThatIsFoundInNormalizedTextHasItsId() throws IOException {
        Path file = folder.resolve("tokenizer.json");
        String added = """
                "added_tokens": [{"id": 1, "content": "<s>", "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": true, "special": true}], "normalizer": {"type": "Prepend", "prepend": "_"}""";
        write("tokenizer.json", Files.readString(file).replace("\"added_tokens\": []", added));
        write("tokenizer_config.json", "{\"tokenizer_class\": \"LlamaTokenizer\", " + NAMES + "}");
        try (KitTokenizer tokenizer = open()) {
            assertEquals(1, tokenizer.encodePrompt("cat")[0]);
        }
    }

    @Test
    void aNamedTokenThatWouldReadAsAnUnknownWordIsMissing() throws IOException {
        write("tokenizer_config.json", "{\"eos_token\": \"[END]\"}");
        try (KitTokenizer tokenizer = open()) {
            CheckpointException missing = assertThrows(CheckpointException.class, tokenizer::eosId);
            assertTrue(missing.getMessage().contains("has no token '[END]'"), missing.getMessage());
        }
    }

    private KitTokenizer open() {
        return KitTokenizer.open(folder, null);
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }
}
