package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Vocabularies that the golden cases do not have: other tokenizer models, other ids, and what is wrong with them. */
class VocabularyMergeTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String UNION = """
            models:
            - {model: a, parameters: {weight: 0.5}}
            - {model: b, parameters: {weight: 0.5}}
            merge_method: linear
            tokenizer: {source: union}
            """;

    @TempDir
    private Path folder;

    /** A model whose embedding has one column, with these values. */
    private Path model(String name, String tokenizer, float... embedding) throws IOException {
        Path model = new TinyModel(folder.resolve(name))
                .config("{\"vocab_size\": 1, \"eos_token_id\": [0, 1], \"pad_token_id\": 2, \"bos_token_id\": null}")
                .tensor(EMBEDDING, DType.F32, Shape.of(embedding.length, 1), embedding)
                .write();
        Files.writeString(model.resolve("tokenizer.json"), tokenizer);
        return model;
    }

    private static String wordPiece(String vocabulary) {
        return "{\"model\": {\"type\": \"WordPiece\", \"vocab\": {" + vocabulary + "}}}";
    }

    private MergeRun run(String configuration, MergeOptions options) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), configuration);
        return MergeRun.of(file, folder, options, folder.resolve("out"));
    }

    private JsonNode json(String file) throws IOException {
        return new ObjectMapper().readTree(folder.resolve("out").resolve(file).toFile());
    }

    private void assertRefused(String expected, String configuration) {
        ConfigException refusal = assertThrows(ConfigException.class,
                () -> run(configuration, MergeOptions.defaults(1)));
        assertEquals(
                expected,
                String.valueOf(refusal.getMessage())
                        .replace(folder + "/", "")
                        .strip());
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
    void settingsThatCannotBeChangedAreReportedBeforeTheMerge() throws IOException {
        Path a = model("a", wordPiece("\"x\": 0"), 1);
        Files.writeString(a.resolve("generation_config.json"), "[]");
        Files.writeString(a.resolve("tokenizer_config.json"), "[]");
        Files.writeString(a.resolve("special_tokens_map.json"), "[]");
        model("b", wordPiece("\"z\": 0"), 3);
        String reason = ": is not a JSON object. Take the file of the original model\n";
        assertRefused(
                ("a/generation_config.json" + reason + "a/special_tokens_map.json" + reason + "a/tokenizer_config.json"
                        + reason).strip(),
                UNION);
        assertRefused(
                ("a/tokenizer_config.json" + reason).strip(),
                UNION.replace("tokenizer: {source: union}", "chat_template: chatml\ntokenizer: {source: base}"));
    }

    @Test
    void aTokenBeyondTheEmbeddingIsRefusedUnlessAllowed() throws IOException {
        model("a", wordPiece("\"x\": 0, \"y\": 1"), 1);
        model("b", wordPiece("\"x\": 0, \"y\": 1"), 3, 5);
        String found = "the token 'y' (id 1) is beyond the 1 rows of the embedding of a";
        assertRefused(
                "a/tokenizer.json: " + found
                        + ". Resize the model's embedding, remove the token, or take it as one that"
                        + " the model lacks with --allow-crimes",
                UNION);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1).withAllowCrimes(true))) {
            assertArrayEquals(
                    new float[] {2, 5}, Differences.read(run.merged().tensor(EMBEDDING)));
            assertEquals(
                    List.of("tokenizer: " + found + ": tokens without a row count as missing there (--allow-crimes)"),
                    run.plan().notes());
        }
    }

    @Test
    void rulesThatNameTokensThatAreNotThereAreTold() throws IOException {
        model("a", wordPiece("\"x\": 0"), 1);
        model("b", wordPiece("\"x\": 0, \"y\": 1"), 3, 5);
        assertRefused(
                """
                        c.yml:8:8: a has no token 'y' to take the embedding of. Name a model that has it, or \
                        write kind: zero
                        c.yml:9:8: b has no token 'q' to take the embedding of. Name a model that has it, or \
                        write kind: zero
                        c.yml:10:8: b has 2 tokens, and none of the id 2. Name an id below 2""",
                """
                        models:
                        - {model: a, parameters: {weight: 0.5}}
                        - {model: b, parameters: {weight: 0.5}}
                        merge_method: linear
                        tokenizer:
                          source: union
                          tokens:
                            y: {source: a, force: true}
                            n: {source: {kind: model_token, model: b, token: q}}
                            m: {source: {kind: model_token, model: b, token_id: 2}}
                        """);
    }

    @Test
    void aModelThatLendsRowsNeedsTensorsLikeTheMergedOnes() throws IOException {
        for (String name : List.of("a", "b")) {
            withTokenizer(name).random(EMBEDDING, 2, 2).random("lm_head.weight", 2, 2).random("lm_head.bias", 2)
                    .write();
        }
        withTokenizer("wide").random(EMBEDDING, 2, 4).random("lm_head.weight", 2, 4).random("lm_head.bias", 2).write();
        withTokenizer("bare").random(EMBEDDING, 2, 2).write();
        withTokenizer("int").raw(EMBEDDING, DType.I8, Shape.of(2, 2), new byte[4]).random("lm_head.bias", 2).write();
        assertRefused(
                """
                        c.yml:8:8: tensor lm_head.weight has shape [2, 4] in wide and [2, 2] in a, whose rows are of another \
                        size; likewise model.embed_tokens.weight ([2, 4] and [2, 2]). Name a model of the same size
                        c.yml:9:10: bare has no tensor lm_head.bias to take rows of. Name a model that has it
                        c.yml:10:8: tensor model.embed_tokens.weight of int has type int8, which cannot be merged with \
                        floating-point numbers; likewise model.embed_tokens.weight. Convert that model first""",
                """
                        models:
                        - {model: a, parameters: {weight: 0.5}}
                        - {model: b, parameters: {weight: 0.5}}
                        merge_method: linear
                        tokenizer:
                          source: union
                          tokens:
                            x: {source: wide, force: true}
                            new: {source: {kind: model_token, model: bare, token: y}}
                            y: {source: int, force: true}
                        """);
    }

    private TinyModel withTokenizer(String name) throws IOException {
        Path model = Files.createDirectories(folder.resolve(name));
        Files.writeString(model.resolve("tokenizer.json"), wordPiece("\"x\": 0, \"y\": 1"));
        return new TinyModel(model);
    }

    @Test
    void aModelWithoutAKnownEmbeddingIsRefused() throws IOException {
        withTokenizer("a").random("something.weight", 2, 1).write();
        withTokenizer("b").random("something.weight", 2, 1).write();
        String remedy = ", so that none can follow the tokenizer. Save the model under the names of its architecture in"
                + " transformers, or merge without tokenizer";
        assertRefused(
                "c.yml:5:12: no tensor of a has the name of an embedding or an output head" + remedy
                        + "\nc.yml:5:12: no tensor of b has the name of an embedding or an output head" + remedy,
                UNION);
    }

    @Test
    void aTensorOfTheVocabularysSizeThatIsNotKnownIsRefused() throws IOException {
        for (String name : List.of("a", "b")) {
            withTokenizer(name)
                    .random(EMBEDDING, 2, 4)
                    .random("model.norm.weight", 2)
                    .random("final_logits_bias", 1, 2)
                    .random("other.weight", 3, 4)
                    .write();
        }
        assertRefused(
                """
                        c.yml:5:12: tensor final_logits_bias of a has shape [1, 2], with an element for each row of the \
                        embedding, and its name is not one that is known to follow the tokenizer. Save the model under the \
                        names of its architecture in transformers, or merge without tokenizer
                        c.yml:5:12: tensor final_logits_bias of b has shape [1, 2], with an element for each row of the \
                        embedding, and its name is not one that is known to follow the tokenizer. Save the model under the \
                        names of its architecture in transformers, or merge without tokenizer""",
                UNION);
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

    @Test
    void anEmbeddingWithoutRowsTakesThoseOfOthersWhenAllowed() throws IOException {
        model("a", wordPiece("\"x\": 0"));
        model("b", wordPiece("\"x\": 0"), 3);
        assertRefused("a/tokenizer.json: the token 'x' (id 0) is beyond the 0 rows of the embedding of a. Resize the"
                + " model's embedding, remove the token, or take it as one that the model lacks with --allow-crimes",
                UNION);
        try (MergeRun run = run(UNION, MergeOptions.defaults(1).withAllowCrimes(true))) {
            assertArrayEquals(new float[] {3}, Differences.read(run.merged().tensor(EMBEDDING)));
        }
    }

    @Test
    void aFilterForTheHeadHoldsForATiedModelToo() throws IOException {
        new TinyModel(folder.resolve("tied")).random(EMBEDDING, 3, 2).write();
        new TinyModel(folder.resolve("untied"))
                .random(EMBEDDING, 3, 2)
                .tensor("lm_head.weight", DType.F32, Shape.of(3, 2), 1, 2, 3, 4, 5, 6)
                .write();
        String configuration = """
                models:
                - {model: tied, parameters: {weight: [{filter: lm_head, value: 0}, {value: 1}]}}
                - {model: untied, parameters: {weight: 1}}
                merge_method: linear
                """;
        try (MergeRun run = run(configuration, MergeOptions.defaults(1))) {
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, Differences.read(run.merged().tensor("lm_head.weight")));
        }
    }

    @Test
    void rowsOfATypeThatCanOnlyBeCopiedAreNotMoved() throws IOException {
        withTokenizer("a").raw(EMBEDDING, DType.I8, Shape.of(2, 1), (byte) 1, (byte) 2).write();
        withTokenizer("b").raw(EMBEDDING, DType.I8, Shape.of(3, 1), (byte) 1, (byte) 2, (byte) 3).write();
        Files.writeString(folder.resolve("b/tokenizer.json"), wordPiece("\"x\": 0, \"y\": 1, \"z\": 2"));
        String found = "tensor model.embed_tokens.weight of %s has type int8, which can only be copied, not cut, put into"
                + " the order of another vocabulary or changed by an adapter. Convert that model first";
        assertRefused("c.yml:2:1: " + found.formatted("a"), UNION);
        ConfigException cut = assertThrows(ConfigException.class,
                () -> run(UNION.replaceAll("tokenizer.*", ""), MergeOptions.defaults(1).withAllowCrimes(true)));
        assertTrue(String.valueOf(cut.getMessage()).contains("has type int8, which can only be copied"),
                String.valueOf(cut.getMessage()));
    }
}
