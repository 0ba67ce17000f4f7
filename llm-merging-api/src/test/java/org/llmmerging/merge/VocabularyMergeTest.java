package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.merge.TokenizedModels.EMBEDDING;
import static org.llmmerging.merge.TokenizedModels.UNION;
import static org.llmmerging.merge.TokenizedModels.wordPiece;

/** Vocabularies that the golden cases do not have: other tokenizer models, and other ids. */
class VocabularyMergeTest {
    @TempDir
    private Path folder;

    private Path model(String name, String tokenizer, float... embedding) throws IOException {
        return new TokenizedModels(folder).model(name, tokenizer, embedding);
    }

    private TinyModel withTokenizer(String name) throws IOException {
        return new TokenizedModels(folder).withTokenizer(name);
    }

    private MergeRun run(String configuration, MergeOptions options) throws IOException {
        return MergeRun.of(configuration, folder, options);
    }

    private JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(folder.resolve("out").resolve(file).toFile());
    }

    @Test
    void ordinaryTokensJoinTheVocabularyOfTheTokenizersModel() throws IOException {
        model("a", wordPiece("\"x\": 0, \"y\": 1"), 1, 2);
        model("b", wordPiece("\"z\": 0, \"x\": 1"), 10, 20);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1))) {
            assertArrayEquals(
                    new float[] {10.5f, 2, 10},
                    Differences.read(run.merged().tensor(EMBEDDING)),
                    "x is averaged, y and z are as in the only model that has them");
            assertEquals("{\"x\":0,\"y\":1,\"z\":2}", json("tokenizer.json").at("/model/vocab").toString());
            assertEquals(3, json("config.json").path("vocab_size").asInt());
            assertEquals(List.of(), run.plan().notes());
        }
    }

    @Test
    void aTokenizerThatIsAskedForAndLeftOutIsNoted() throws IOException {
        model("a", wordPiece("\"x\": 0, \"y\": 1"), 1, 2);
        model("b", wordPiece("\"z\": 0, \"x\": 1"), 10, 20);
        try (MergeRun run = run(
                UNION + "chat_template: chatml\n", MergeOptions.defaults(1).withCopyTokenizer(false))) {
            assertFalse(Files.exists(folder.resolve("out/tokenizer.json")));
            List<String> notes = run.plan().notes();
            assertEquals(2, notes.size(), notes.toString());
            assertTrue(notes.getFirst().endsWith(":5:12: the embeddings follow the vocabulary that tokenizer asks"
                    + " for, and --no-copy-tokenizer leaves its tokenizer out"), notes.getFirst());
            assertTrue(notes.getLast().endsWith(":6:16: chat_template has no effect: --no-copy-tokenizer leaves out"
                    + " the files that it is written to"), notes.getLast());
        }
    }

    @Test
    void tokensAddedToBpeAreNotedSinceNoTextBecomesThem() throws IOException {
        model("a", wordPiece("\"x\": 0, \"y\": 1").replace("WordPiece", "BPE"), 1, 2);
        model("b", wordPiece("\"x\": 0, \"z\": 1").replace("WordPiece", "BPE"), 1, 2);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1))) {
            assertTrue(run.plan().notes().getFirst().startsWith("tokenizer: 1 ordinary tokens"));
        }
    }

    @Test
    void piecesOfUnigramKeepTheirScores() throws IOException {
        model("a", "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"x\", -1.0]]}}", 1);
        model("b", "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"x\", -1.0], [\"z\", -2.5]]}}", 1, 2);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1))) {
            assertEquals(2, run.merged().tensors().get(EMBEDDING).shape().rows());
            assertEquals(
                    "[[\"x\",-1.0],[\"z\",-2.5]]",
                    json("tokenizer.json").at("/model/vocab").toString());
        }
    }

    /**
     * Whoever loads the file numbers what the model's vocabulary lacks behind all of it, whatever id is written there.
     */
    @Test
    void addedTokensOfTheBaseJoinTheVocabularyBeforeOrdinaryTokens() throws IOException {
        String added = ", \"added_tokens\": [{\"id\": 1, \"content\": \"<s>\"}]}";
        model("a", wordPiece("\"x\": 0").replaceFirst("}$", added), 1, 2);
        model("b", wordPiece("\"x\": 0, \"z\": 1"), 1, 3);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1))) {
            assertArrayEquals(new float[] {1, 2, 3}, Differences.read(run.merged().tensor(EMBEDDING)));
            assertEquals("{\"x\":0,\"<s>\":1,\"z\":2}", json("tokenizer.json").at("/model/vocab").toString());
        }
    }

    @Test
    void addedTokensOfTheBaseJoinThePiecesOfUnigramWithTheLowestScore() throws IOException {
        String added = ", \"added_tokens\": [{\"id\": 1, \"content\": \"<s>\"}]}";
        model("a", "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"x\", -1.0]]}" + added, 1, 2);
        model("b", "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"z\", -2.5]]}}", 3);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1))) {
            assertArrayEquals(new float[] {1, 2, 3}, Differences.read(run.merged().tensor(EMBEDDING)));
            assertEquals(
                    "[[\"x\",-1.0],[\"<s>\",-1.0],[\"z\",-2.5]]",
                    json("tokenizer.json").at("/model/vocab").toString());
        }
    }

    @Test
    void specialTokensOfTheSettingsGetTheIdsOfTheOutput() throws IOException {
        Path a = model("a", wordPiece("\"x\": 0, \"y\": 1, \"gone\": 2"), 1, 2, 3);
        Files.writeString(a.resolve("generation_config.json"), "{\"eos_token_id\": 1, \"max_length\": 1}");
        model("b", wordPiece("\"y\": 0, \"x\": 1"), 20, 10);
        try (MergeRun run = run(UNION.replace("union", "b"), MergeOptions.defaults(1))) {
            assertArrayEquals(
                    new float[] {11, 5.5f}, Differences.read(run.merged().tensor(EMBEDDING)));
            assertEquals("[1,0]", json("config.json").path("eos_token_id").toString());
            assertTrue(json("config.json").path("pad_token_id").isNull(), "the token is gone");
            assertEquals(0, json("generation_config.json").path("eos_token_id").asInt());
            assertEquals(1, json("generation_config.json").path("max_length").asInt(), "is no token");
        }
    }

    /** x is 1 in the output, y is 0, and gone is gone. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"begin_suppress_tokens | [0, 2] | [1]", "suppress_tokens | [2] | null",
                "image_token_index | 1 | 0",
                "bad_words_ids | [[0, 1], [2], [1, 2]] | [[1,0]]", "bad_words_ids | [[2]] | null",
                "force_words_ids | [[[0], [2]], [1]] | [[[1]],[0]]",
                "sequence_bias | [[[0, 1], -1.5], [[2], 3.0]] | [[[1,0],-1.5]]",
                "forced_decoder_ids | [[1, 0], [2, 2], [3, null]] | [[1,1],[3,null]]",
                "eos_token_id | [null, 0, -1] | [null,1,-1]", "eos_token_id | [] | []",
                "lang_to_id | {\"<af>\": 0, \"<gone>\": 2} | {\"<af>\":1}",
                "task_to_id | {\"translate\": 1} | {\"translate\":0}",
                "task_specific_params | {\"a\": {\"bos_token_id\": 1, \"max_length\": 1}, \"b\": null} |"
                        + " {\"a\":{\"bos_token_id\":0,\"max_length\":1},\"b\":null}",
                "text_config | {\"bos_token_id\": 1} | {\"bos_token_id\":0}", "num_beams | 1 | 1"})
    void whateverNamesTokensByTheirIdsGetsThoseOfTheOutput(String key, String old, String renumbered)
            throws IOException {
        Path a = model("a", wordPiece("\"x\": 0, \"y\": 1, \"gone\": 2"), 1, 2, 3);
        Files.writeString(a.resolve("generation_config.json"), "{\"" + key + "\": " + old + "}");
        model("b", wordPiece("\"y\": 0, \"x\": 1"), 20, 10);
        try (MergeRun run = run(UNION.replace("union", "b"), MergeOptions.defaults(1))) {
            assertEquals(2, run.merged().tensors().get(EMBEDDING).shape().rows());
            assertEquals(renumbered, json("generation_config.json").path(key).toString());
        }
    }

    /** One model was trained to pad with a row that no token has; in the output a token has it. */
    @Test
    void settingsDoNotNameTokensThatCameToIdsWithoutOne() throws IOException {
        Path a = model("a", wordPiece("\"x\": 0, \"y\": 1"), 1, 2, 3);
        Files.writeString(a.resolve("generation_config.json"), "{\"eos_token_id\": [1, 2]}");
        model("b", wordPiece("\"x\": 0, \"z\": 1"), 10, 20);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1))) {
            assertArrayEquals(new float[] {5.5f, 2, 20}, Differences.read(run.merged().tensor(EMBEDDING)));
            assertTrue(json("config.json").path("pad_token_id").isNull(), "2 is z now");
            assertEquals("[1]", json("generation_config.json").path("eos_token_id").toString());
        }
    }

    /** The output keeps no row beyond its tokens: loaders refuse to pad with one. */
    @Test
    void settingsDoNotNameRowsThatTheOutputDrops() throws IOException {
        model("a", wordPiece("\"x\": 0, \"y\": 1"), 1, 2, 3);
        model("b", wordPiece("\"x\": 0, \"y\": 1"), 10, 20);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1))) {
            assertEquals(2, run.merged().tensors().get(EMBEDDING).shape().rows());
            assertTrue(json("config.json").path("pad_token_id").isNull(), "there are 0 and 1");
            assertEquals("[0,1]", json("config.json").path("eos_token_id").toString());
        }
    }

    /** As an id that was reserved without a row. */
    @Test
    void settingsDoNotNameAnotherTokenByAnIdWithoutARow() throws IOException {
        model("a", wordPiece("\"x\": 0, \"y\": 1"), 1, 2);
        model("b", wordPiece("\"x\": 0, \"y\": 1, \"z\": 2"), 10, 20, 30);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1))) {
            assertEquals(3, run.merged().tensors().get(EMBEDDING).shape().rows());
            assertTrue(json("config.json").path("pad_token_id").isNull(), "2 is z now");
        }
    }

    @Test
    void generationSettingsThatNameNoOtherTokenAreCopiedAsTheyAre() throws IOException {
        String settings = "{\"eos_token_id\": 1,   \"temperature\": 0.60}";
        Path a = model("a", wordPiece("\"x\": 0, \"y\": 1"), 1, 2, 3);
        Files.writeString(a.resolve("generation_config.json"), settings);
        model("b", wordPiece("\"x\": 0, \"z\": 1"), 10, 20);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1))) {
            assertEquals(3, run.merged().tensors().get(EMBEDDING).shape().rows());
            assertEquals(settings, Files.readString(folder.resolve("out/generation_config.json")));
        }
    }

    @Test
    void anOrdinaryTokenThatIsNamedIsAnAddedOneInBpeWhereItHasNoMerges() throws IOException {
        model("a", wordPiece("\"x\": 0").replace("WordPiece", "BPE"), 1);
        model("b", wordPiece("\"x\": 0, \"yz\": 1").replace("WordPiece", "BPE"), 10, 20);
        String named = "{source: base, tokens: {yz: {source: b}}}";
        try (MergeRun run = run(UNION.replace("{source: union}", named), MergeOptions.defaults(1))) {
            assertArrayEquals(new float[] {5.5f, 20}, Differences.read(run.merged().tensor(EMBEDDING)));
            assertEquals("yz", json("tokenizer.json").at("/added_tokens/0/content").asText());
            assertEquals("{\"x\":0}", json("tokenizer.json").at("/model/vocab").toString());
            assertEquals(
                    List.of("tokenizer: ordinary tokens that a rule adds to the BPE vocabulary become added tokens, found"
                            + " where a text has these very characters: \"yz\""),
                    run.plan().notes());
        }
    }

    @Test
    void namedTokensAreAsInTheModelThatHasThemAlsoWithoutUnion() throws IOException {
        model("a", wordPiece("\"x\": 0"), 1);
        model("b", wordPiece("\"x\": 0, \"##y\": 1").replaceFirst("}$", ", \"added_tokens\": ["
                + "{\"id\": 2, \"content\": \"<s>\", \"special\": true}, {\"id\": 3, \"content\": \"<t>\"}]}"), 10, 20,
                30, 40);
        String named = "{source: base, tokens: {<s>: {}, <new>: {source: {kind: zero}}, '##y': {source: b}}}";
        try (MergeRun run = run(UNION.replace("{source: union}", named), MergeOptions.defaults(1))) {
            assertArrayEquals(new float[] {5.5f, 20, 30, 0}, Differences.read(run.merged().tensor(EMBEDDING)));
            assertEquals("{\"x\":0,\"##y\":1}", json("tokenizer.json").at("/model/vocab").toString());
            assertTrue(json("tokenizer.json").at("/added_tokens/0/special").asBoolean(), "<s> is special in b");
            assertEquals("<new>", json("tokenizer.json").at("/added_tokens/1/content").asText());
            assertFalse(json("tokenizer.json").at("/added_tokens/1/special").asBoolean());
        }
    }

    @Test
    void scalarsOfAHeadAreMergedAsTheyAre() throws IOException {
        for (String name : List.of("a", "b")) {
            withTokenizer(name)
                    .random(EMBEDDING, 2, 1)
                    .tensor("lm_head.weight_scale", DType.F32, Shape.of(), 3)
                    .write();
        }
        try (MergeRun run = run(UNION, MergeOptions.defaults(1))) {
            assertArrayEquals(new float[] {3}, Differences.read(run.merged().tensor("lm_head.weight_scale")));
        }
    }
}
