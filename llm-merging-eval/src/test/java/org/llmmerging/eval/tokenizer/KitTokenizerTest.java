package org.llmmerging.eval.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.eval.model.Golden;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KitTokenizerTest {
    @TempDir
    private Path configured;

    /** llama2 follows the kit's flags, llama3 and flan_t5 have templates; with and without a maximum length. */
    @ParameterizedTest
    @ValueSource(strings = {"models/llama2", "models/llama3", "models/flan_t5"})
    void encodesAndDecodesAsTheKitsTokenizersDo(String model) {
        JsonNode cases = Golden.json(Golden.folder().resolve("tokenizer_cases.json"));
        List<Executable> checks = new ArrayList<>();
        for (JsonNode each : cases.path("cases")) {
            if (each.path("tokenizer").asText().equals(model)) {
                checks.add(() -> checkCase(each));
            }
        }
        for (JsonNode each : cases.path("decode_invalid_utf8")) {
            if (each.path("tokenizer").asText().equals(model)) {
                checks.add(() -> {
                    try (KitTokenizer tokenizer = KitTokenizer.open(Golden.folder().resolve(model), null)) {
                        assertEquals(each.path("text").asText(), tokenizer.decode(Golden.vector(each.path("ids"))));
                    }
                });
            }
        }
        assertTrue(checks.size() >= 70);
        assertAll(checks);
    }

    private static void checkCase(JsonNode each) {
        JsonNode maximum = each.path("max_len");
        Path folder = Golden.folder().resolve(each.path("tokenizer").asText());
        try (KitTokenizer tokenizer = KitTokenizer.open(folder, maximum.isNull() ? null : maximum.intValue())) {
            String text = each.path("text").asText();
            int[] ids = tokenizer.encodePrompt(text);
            assertArrayEquals(Golden.vector(each.path("input_ids")), ids, text);
            if (each.has("target_ids")) {
                assertArrayEquals(Golden.vector(each.path("target_ids")), tokenizer.encodeTarget(text), text);
            }
            if (each.has("decoded")) {
                assertEquals(each.path("decoded").asText(), tokenizer.decode(ids));
            }
        }
    }

    @Test
    void ignoresTruncationAndPaddingThatTheFileAsksFor(@TempDir Path folder) throws IOException {
        ObjectNode json = (ObjectNode) Golden.json(Golden.model("llama3").resolve("tokenizer.json"));
        json.putObject("truncation")
                .put("max_length", 4)
                .put("strategy", "LongestFirst")
                .put("stride", 0)
                .put("direction", "Right");
        json.putObject("padding")
                .put("direction", "Right")
                .putNull("pad_to_multiple_of")
                .put("pad_id", 0)
                .put("pad_type_id", 0)
                .put("pad_token", "<pad>")
                .putObject("strategy")
                .put("Fixed", 16);
        Files.writeString(folder.resolve("tokenizer.json"), json.toString());
        Files.copy(Golden.model("llama3").resolve("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
        try (KitTokenizer tokenizer = KitTokenizer.open(folder, null)) {
            assertArrayEquals(new int[] {1, 100, 101, 102, 103, 104, 105}, tokenizer.encodePrompt("abcdef"));
        }
        String longText = "x".repeat(3000);
        try (KitTokenizer tokenizer = KitTokenizer.open(folder, null)) {
            assertEquals(3001, tokenizer.encodePrompt(longText).length);
        }
    }

    /**
     * Expected values are those of transformers 4, whose Llama, CodeLlama and Gemma classes follow the two switches.
     */
    @ParameterizedTest
    @CsvSource(
            textBlock = """
                    LlamaTokenizer         |                                                | 1 100 101
                    LlamaTokenizer         | , "add_bos_token": false                       | 100 101
                    LlamaTokenizer         | , "add_bos_token": null                        | 100 101
                    LlamaTokenizerFast     | , "add_eos_token": true                        | 1 100 101 2
                    CodeLlamaTokenizerFast | , "add_bos_token": false, "add_eos_token": true | 100 101 2
                    GemmaTokenizer         | , "add_bos_token": false                       | 100 101
                    """,
            delimiter = '|')
    void adjustsPromptsAndNotTargetsToTheSwitches(String type, @Nullable String switches, String prompt)
            throws IOException {
        try (KitTokenizer tokenizer = configured("llama2", type, switches == null ? "" : switches, null)) {
            assertArrayEquals(ids(prompt), tokenizer.encodePrompt("ab"));
            assertArrayEquals(ids("100 101 2"), tokenizer.encodeTarget("ab"));
        }
    }

    @Test
    void takesTheTemplateWhateverTheSwitchesSayForAClassWithoutThem() throws IOException {
        String switches = ", \"add_bos_token\": false, \"add_eos_token\": true";
        try (KitTokenizer tokenizer = configured("llama3", "PreTrainedTokenizerFast", switches, null)) {
            assertArrayEquals(ids("1 100 101"), tokenizer.encodePrompt("ab"));
            assertArrayEquals(ids("1 100 101"), tokenizer.encodeTarget("ab"));
        }
    }

    @ParameterizedTest
    @CsvSource({"llama2, LlamaTokenizer", "llama3, PreTrainedTokenizerFast"})
    void cutsTheBeginningWhereTheConfigurationSaysSo(String model, String type) throws IOException {
        try (KitTokenizer tokenizer = configured(model, type, ", \"truncation_side\": \"left\"", 3)) {
            assertArrayEquals(ids("1 102 103"), tokenizer.encodePrompt("abcd"));
            assertArrayEquals(
                    model.equals("llama2") ? ids("102 103 2") : ids("1 102 103"), tokenizer.encodeTarget("abcd"));
        }
    }

    /** The file's own truncation tells the side alone, as in transformers. */
    @Test
    void cutsTheSideOfTheFilesOwnTruncationWhereTheConfigurationIsSilent() throws IOException {
        ObjectNode json = (ObjectNode) Golden.json(Golden.model("llama2").resolve("tokenizer.json"));
        json.putObject("truncation").put("max_length", 2).put("strategy", "LongestFirst").put("stride", 0)
                .put("direction", "Left");
        try (KitTokenizer tokenizer = configured(json, "LlamaTokenizer", "", 3)) {
            assertArrayEquals(ids("1 102 103"), tokenizer.encodePrompt("abcd"));
        }
        try (KitTokenizer tokenizer = configured(json, "LlamaTokenizer", ", \"truncation_side\": \"right\"", 3)) {
            assertArrayEquals(ids("1 100 101"), tokenizer.encodePrompt("abcd"));
        }
    }

    @Test
    void namesAnIdThatNoModelHas() throws IOException {
        ObjectNode json = (ObjectNode) Golden.json(Golden.model("llama2").resolve("tokenizer.json"));
        ((ObjectNode) json.path("model").path("vocab")).put("a", 4_000_000_000L);
        try (KitTokenizer tokenizer = configured(json, "LlamaTokenizer", "", null)) {
            CheckpointException e = assertThrows(CheckpointException.class, () -> tokenizer.encodePrompt("a"));
            assertTrue(e.getMessage().contains("tokenizer.json: has token 4000000000, and no"), e.getMessage());
        }
    }

    private KitTokenizer configured(String model, String type, String more, @Nullable Integer length)
            throws IOException {
        return configured(Golden.json(Golden.model(model).resolve("tokenizer.json")), type, more, length);
    }

    private KitTokenizer configured(JsonNode json, String type, String more, @Nullable Integer length)
            throws IOException {
        Files.writeString(configured.resolve("tokenizer.json"), json.toString());
        Files.writeString(
                configured.resolve("tokenizer_config.json"),
                "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\", \"tokenizer_class\": \"" + type + "\"" + more + "}");
        return KitTokenizer.open(configured, length);
    }

    private static int[] ids(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }

    @Test
    void padsWithTheEndOfSequenceTokenWhenThereIsNoPaddingToken(@TempDir Path folder) throws IOException {
        Files.copy(Golden.model("llama2").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(
                folder.resolve("tokenizer_config.json"),
                """
                        {"tokenizer_class": "LlamaTokenizer", "eos_token": {"content": "</s>"}, "bos_token": "<s>"}
                        """);
        try (KitTokenizer tokenizer = KitTokenizer.open(folder, null)) {
            assertEquals(2, tokenizer.padId());
            assertEquals(2, tokenizer.eosId().orElseThrow());
        }
    }

    /** transformers cleans up when the configuration does not say; Flan-T5's does not say. */
    @Test
    void removesSpacesBeforePunctuationUnlessToldNotTo(@TempDir Path folder) throws IOException {
        Files.copy(Golden.model("llama2").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        String spaced = "It 's here , is n't it ? Yes .";
        try (KitTokenizer tokenizer = KitTokenizer.open(folder, null)) {
            assertEquals("It's here, isn't it? Yes.", tokenizer.decode(tokenizer.encodePrompt(spaced)));
        }
        try (KitTokenizer tokenizer = KitTokenizer.open(Golden.model("llama2"), null)) {
            assertEquals(spaced, tokenizer.decode(tokenizer.encodePrompt(spaced)));
        }
    }

    @Test
    void saysWhatToDoWhenThereIsOnlyASentencePieceModel(@TempDir Path folder) throws IOException {
        Files.write(folder.resolve("spiece.model"), new byte[] {1, 2, 3});
        CheckpointException e = assertThrows(CheckpointException.class, () -> KitTokenizer.open(folder, null));
        assertTrue(e.getMessage().contains("spiece.model"), e.getMessage());
        assertTrue(e.getMessage().contains("save_pretrained"), e.getMessage());
    }

    @Test
    void namesAFileThatIsMissingOrMalformed(@TempDir Path folder) throws IOException {
        CheckpointException missing = assertThrows(CheckpointException.class, () -> KitTokenizer.open(folder, null));
        assertTrue(missing.getMessage().contains("tokenizer.json"), missing.getMessage());
        Files.writeString(folder.resolve("tokenizer.json"), "{\"version\": ");
        CheckpointException malformed = assertThrows(CheckpointException.class, () -> KitTokenizer.open(folder, null));
        assertTrue(malformed.getMessage().contains("tokenizer.json"), malformed.getMessage());
    }

    @Test
    void namesASpecialTokenThatTheTokenizerLacks(@TempDir Path folder) throws IOException {
        Files.copy(Golden.model("llama2").resolve("tokenizer.json"), folder.resolve("tokenizer.json"));
        Files.writeString(folder.resolve("tokenizer_config.json"), "{\"eos_token\": \"<|end|>\"}");
        try (KitTokenizer tokenizer = KitTokenizer.open(folder, null)) {
            CheckpointException e = assertThrows(CheckpointException.class, tokenizer::eosId);
            assertTrue(e.getMessage().contains("<|end|>"), e.getMessage());
        }
    }
}
