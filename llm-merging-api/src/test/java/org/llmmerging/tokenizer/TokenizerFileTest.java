package org.llmmerging.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.config.Problems;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class TokenizerFileTest {
    @TempDir
    private Path folder;

    private final Problems problems = new Problems();

    private TokenizerFile read(String json) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), json);
        return TokenizerFile.read(folder, problems).orElseThrow();
    }

    @Test
    void hasTheTokensOfTheModelAndTheAddedOnes() throws IOException {
        TokenizerFile file = read("""
                {"model": {"type": "BPE", "vocab": {"b": 1, "a": 0}},
                 "added_tokens": [{"id": 1, "content": "b", "special": true}, {"id": 2, "content": "<|x|>"}]}
                """);
        assertEquals(List.of("a", "b", "<|x|>"), List.copyOf(file.ids().keySet()), "in the order of the ids");
        assertEquals(3, file.size());
        assertEquals("BPE", file.modelType());
        assertTrue(file.added().get("b").special());
    }

    @Test
    void numbersUnigramPiecesByTheirPlace() throws IOException {
        TokenizerFile file = read("""
                {"model": {"type": "Unigram", "vocab": [["<pad>", 0.0], ["\\u2581a", -1.5]]}}
                """);
        assertEquals(Map.of("<pad>", 0, "▁a", 1), file.ids());
        assertEquals(-1.5, file.score("▁a"));
    }

    static Stream<Arguments> unusable() {
        return Stream.of(
                arguments("[1]", "is not a JSON object. " + REMEDY),
                arguments("{}", "has no model.vocab. " + REMEDY),
                arguments("{\"model\": {\"vocab\": {}}}", "has no tokens. " + REMEDY),
                arguments(
                        "{\"model\": {\"vocab\": {\"a\": 0, \"b\": 0}}}",
                        "gives the id 0 to two tokens, 'a' and 'b'. Remove the one that the model was not"
                                + " trained with"),
                arguments(
                        "{\"model\": {\"vocab\": {\"a\": 0}}, \"added_tokens\": [{\"id\": 1, \"content\": \"a\"}]}",
                        "gives the token 'a' two ids, 0 and 1. Remove the one that the model was not trained with"),
                arguments(
                        "{\"model\": {\"vocab\": {\"a\": 0}}, \"added_tokens\": ["
                                + "{\"id\": 1, \"content\": \"x\"}, {\"id\": 1, \"content\": \"x\"}]}",
                        "has the added token 'x' twice. Remove one of the two"),
                arguments(
                        "{\"model\": {\"vocab\": [[\"a\", 0], [\"a\", 1]]}}",
                        "gives the token 'a' two ids, 0 and 1. Remove the one that the model was not trained with"),
                arguments(
                        "{\"model\": {\"vocab\": {\"a\": 0, \"b\": 5}}}",
                        "has no token for the ids 1 to 4. Give every id below the largest a token, for example"
                                + " <unused_1>"),
                arguments(
                        "{\"model\": {\"vocab\": {\"a\\n\": -1}}}",
                        "gives the token 'a\\u000a' the id -1, which is no id. " + REMEDY),
                arguments(
                        "{\"model\": {\"vocab\": {\"a\": 0, \"a\": 1}}}",
                        "is not valid JSON at line 1, column 33: Duplicate field 'a'. " + REMEDY),
                arguments(
                        "{\"model\": {\"vocab\": {\"a\": 1, \"b\": 2}},"
                                + " \"added_tokens\": [{\"id\": 0, \"content\": \"x\"}]}",
                        "gives the added token 'x' the id 0, and is loaded with 2 for it: added tokens that model.vocab"
                                + " lacks are numbered behind it, in their order. Put the token into model.vocab with"
                                + " its id"),
                arguments(
                        "{\"model\": {\"vocab\": [[\"a\", 0]]}, \"added_tokens\": ["
                                + "{\"id\": 2, \"content\": \"x\"}, {\"id\": 1, \"content\": \"y\"}]}",
                        "gives the added token 'x' the id 2, and is loaded with 1"),
                arguments(
                        "{\"model\": {\"vocab\": {\"a\": 0}}, \"added_tokens\": ["
                                + "{\"id\": 1, \"content\": \"\"}, {\"id\": 2, \"content\": \"x\"}]}",
                        "has an added token without content, which is given no id when the file is loaded, and ids behind it."
                                + " Give it a content, such as <unused_1>"),
                arguments(
                        "{\"model\": {\"vocab\": [[\"\\ud800\", 0]]}}",
                        "has the token \"\\ud800\", half of a surrogate pair, which is no text. " + REMEDY),
                arguments("{\"model\": ",
                        "is not valid JSON at line 1, column 11: Unexpected end-of-input within/between Object entries"));
    }

    private static final String REMEDY = "Take the file of the original model, or save the tokenizer again";

    @ParameterizedTest
    @MethodSource("unusable")
    void isRefusedWithWhatIsWrong(String json, String expected) throws IOException {
        Path file = Files.writeString(folder.resolve("tokenizer.json"), json);
        assertTrue(TokenizerFile.read(folder, problems).isEmpty());
        assertEquals(1, problems.lines().size(), problems.lines().toString());
        String told = problems.lines().getFirst();
        assertTrue(told.startsWith(file + ": " + expected), told);
    }

    /** Where no id depends on it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\": {\"vocab\": {\"a\": 0, \"b\": 1}}, \"added_tokens\": [{\"id\": 2, \"content\": \"\"}]}",
                "{\"model\": {\"vocab\": {\"a\": 0, \"\": 1}}, \"added_tokens\": [{\"id\": 1, \"content\": \"\"}]}"
            })
    void anAddedTokenMayHaveNoContent(String json) throws IOException {
        Files.writeString(folder.resolve("tokenizer.json"), json);
        assertEquals(2, TokenizerFile.read(folder, problems).orElseThrow().size(), problems.lines().toString());
    }

    @Test
    void aMissingFileIsReportedWithTheOnesInItsPlace() throws IOException {
        assertTrue(TokenizerFile.read(folder, problems).isEmpty());
        assertTrue(problems.lines().getFirst().contains("the folder has no tokenizer"), problems.lines().toString());

        Problems others = new Problems();
        Files.writeString(folder.resolve("merges.txt"), "x");
        Files.writeString(folder.resolve("vocab.json"), "x");
        assertTrue(TokenizerFile.read(folder, others).isEmpty());
        assertTrue(others.lines().getFirst().contains("has only vocab.json, merges.txt,"), others.lines().toString());
    }
}
