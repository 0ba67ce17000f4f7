package org.llmmerging.eval.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.config.Problems;
import org.llmmerging.tokenizer.OutputTokenizer;
import org.llmmerging.tokenizer.OutputVocabulary;
import org.llmmerging.tokenizer.TokenizerFile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** A union of vocabularies as the tokenizer library loads it: every token must have the id of its embedding's row. */
class UnionLoadedTest {
    private static final String TOKEN = "{\"id\": %d, \"content\": \"%s\", \"single_word\": false, \"lstrip\": false,"
            + " \"rstrip\": false, \"normalized\": false, \"special\": true}";

    @TempDir
    private Path folder;

    private Path model(String name, String model, String addedToken) throws IOException {
        Path written = Files.createDirectory(folder.resolve(name));
        Files.writeString(written.resolve("tokenizer.json"), """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [%s], "normalizer": null,
                 "pre_tokenizer": null, "post_processor": null, "decoder": null, "model": %s}
                """.formatted(addedToken, model));
        return written;
    }

    private void assertLoadedAsNumbered(String modelOfA, String modelOfB) throws IOException {
        Path a = model("a", modelOfA, TOKEN.formatted(2, "<pad>"));
        Path b = model("b", modelOfB, TOKEN.formatted(3, "<new>"));
        TokenizerFile fileOfA = TokenizerFile.read(a, new Problems()).orElseThrow();
        TokenizerFile fileOfB = TokenizerFile.read(b, new Problems()).orElseThrow();
        OutputVocabulary vocabulary = OutputVocabulary.of(fileOfA, List.of(fileOfB), List.of("<named>"), List.of());
        assertEquals(Map.of("x", 0, "y", 1, "<pad>", 2, "z", 3, "<new>", 4, "<named>", 5), vocabulary.ids());

        Path output = Files.createDirectory(folder.resolve("output"));
        new OutputTokenizer(a, vocabulary, null).write(output);
        try (InputStream json = Files.newInputStream(output.resolve("tokenizer.json"));
                HuggingFaceTokenizer loaded = HuggingFaceTokenizer.newInstance(json, Map.of())) {
            vocabulary.ids().forEach((token, id) -> {
                assertArrayEquals(new long[] {id}, loaded.encode(token, false, false).getIds(), token);
                assertEquals(token, loaded.decode(new long[] {id}), "the token of the id " + id);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BPE", "WordLevel", "WordPiece"})
    void tokensOfAMapping(String type) throws IOException {
        String settings = switch (type) {
            case "BPE" -> "\"merges\": []";
            case "WordPiece" -> "\"unk_token\": \"x\", \"continuing_subword_prefix\": \"##\","
                    + " \"max_input_chars_per_word\": 100";
            default -> "\"unk_token\": \"x\"";
        };
        String model = "{\"type\": \"" + type + "\", " + settings + ", \"vocab\": {%s}}";
        assertLoadedAsNumbered(
                model.formatted("\"x\": 0, \"y\": 1"), model.formatted("\"x\": 0, \"y\": 1, \"z\": 2"));
    }

    @Test
    void piecesOfAList() throws IOException {
        String model = "{\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": [%s]}";
        assertLoadedAsNumbered(
                model.formatted("[\"x\", -1.0], [\"y\", -2.0]"),
                model.formatted("[\"x\", -1.0], [\"y\", -2.0], [\"z\", -3.0]"));
    }

    /** The normalizer marks spaces and the beginning, as those of Llama 2 and Mistral do. */
    @Test
    void aNewTokenIsFoundInTheMiddleOfAText() throws IOException {
        Path a = model("a", "{\"type\": \"BPE\", \"merges\": [], \"vocab\": {\"x\": 0, \"_\": 1}}", "");
        Path file = a.resolve("tokenizer.json");
        Files.writeString(file, Files.readString(file).replace("\"normalizer\": null",
                "\"normalizer\": {\"type\": \"Prepend\", \"prepend\": \"_\"}"));
        TokenizerFile fileOfA = TokenizerFile.read(a, new Problems()).orElseThrow();
        Path output = Files.createDirectory(folder.resolve("output"));
        new OutputTokenizer(a, OutputVocabulary.of(fileOfA, List.of(), List.of("<new>"), List.of()), null)
                .write(output);
        try (InputStream json = Files.newInputStream(output.resolve("tokenizer.json"));
                HuggingFaceTokenizer loaded = HuggingFaceTokenizer.newInstance(json, Map.of())) {
            assertArrayEquals(new long[] {1, 0, 2}, loaded.encode("x<new>", false, false).getIds());
        }
    }
}
