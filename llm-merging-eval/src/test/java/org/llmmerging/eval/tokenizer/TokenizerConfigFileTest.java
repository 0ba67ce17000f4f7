package org.llmmerging.eval.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.checkpoint.CheckpointException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What the settings may say; {@link KitTokenizerTest} has what comes of it. */
class TokenizerConfigFileTest {
    @TempDir
    private Path folder;

    private TokenizerConfigFile read(String type, String more) throws IOException {
        Files.writeString(
                folder.resolve("tokenizer_config.json"), "{\"tokenizer_class\": \"" + type + "\"" + more + "}");
        return TokenizerConfigFile.read(folder);
    }

    private String refusal(String more) {
        CheckpointException refusal = assertThrows(
                CheckpointException.class, () -> read("LlamaTokenizer", ", " + more));
        return String.valueOf(refusal.getMessage()).replace(folder + "/", "");
    }

    /** transformers refuses tokens of these types, and takes any text for a switch that is on. */
    @ParameterizedTest
    @CsvSource(
            textBlock = """
                    "pad_token": 0                                | pad_token is 0 where a token
                    "unk_token": {}                               | unk_token is {} where a token
                    "mask_token": ["<s>"]                         | mask_token is ["<s>"] where a token
                    "add_bos_token": "false"                      | add_bos_token is "false" where true or false
                    "split_special_tokens": true                  | split_special_tokens is true where false,
                    "add_eos_token": 2                            | add_eos_token is 2 where true or false
                    "clean_up_tokenization_spaces": "no"          | clean_up_tokenization_spaces is "no" where true or
                    "sep_token": null, "add_prefix_space": null, "sep_token_id": 0, "cls_token": false | cls_token is false
                    """,
            delimiter = '|',
            quoteCharacter = '~')
    void refusesWhatIsNoTokenAndNoSwitch(String more, String expected) {
        String refusal = refusal(more);
        assertTrue(refusal.startsWith("tokenizer_config.json: " + expected), refusal);
        assertTrue(refusal.endsWith("is expected. Correct the file"), refusal);
    }

    @Test
    void refusesWhatIsNoTokenInTheMapBesides() throws IOException {
        Files.writeString(folder.resolve("special_tokens_map.json"), "{\"eos_token\": 1.5}");
        String refusal = refusal("\"pad_token\": null");
        assertTrue(refusal.startsWith("special_tokens_map.json: eos_token is 1.5 where"), refusal);
    }

    @Test
    void refusesASideThatIsNone() {
        String refusal = refusal("\"truncation_side\": \"both\"");
        assertTrue(refusal.startsWith("tokenizer_config.json: "), refusal);
        assertTrue(refusal.contains("Write left or right"), refusal);
    }

    /** What the map says counts, and what a class has no use for does not. */
    @Test
    void takesWhatDoesNotCountAsItIs() throws IOException {
        Files.writeString(folder.resolve("special_tokens_map.json"), "{\"pad_token\": \"<unk>\"}");
        TokenizerConfigFile llama = read("LlamaTokenizer",
                ", \"pad_token\": 0, \"add_bos_token\": 1, \"add_eos_token\": 0");
        assertEquals("<unk>", llama.padToken().content());
        assertTrue(llama.addsBos());
        assertFalse(llama.addsEos());
        assertFalse(read("PreTrainedTokenizerFast", ", \"add_eos_token\": \"false\"").addsEos());
    }

    /** Chat templates may name any of them. */
    @Test
    void everySpecialTokenThatThereIsHasItsName() throws IOException {
        read("LlamaTokenizer",
                ", \"mask_token\": \"<m>\", \"sep_token\": {\"content\": \"<sep>\"}, \"cls_token\": null");
        assertEquals(
                Map.of("bos_token", "<s>", "eos_token", "</s>", "unk_token", "<unk>", "mask_token", "<m>", "sep_token",
                        "<sep>"),
                SpecialTokens.of(folder).byName());
    }

    /** transformers 5 writes one class for many; what is put around a choice depends on which it was. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '~',
            value = {
                "mistral; \"<s>\"; true",
                "mistral; {\"content\": \"<s>\"}; true",
                "llama; \"<|begin_of_text|>\"; false",
                "gemma2; \"<bos>\"; true",
                "t5; null; false",
                "gpt2; \"<s>\"; false",
            })
    void theClassOfVersion5IsThatOfTheModelsTypeWhenItHasItsBos(String type, String bos, boolean followsFlags)
            throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"" + type + "\"}");
        assertEquals(followsFlags, read("TokenizersBackend", ", \"bos_token\": " + bos).followsFlags());
    }
}
