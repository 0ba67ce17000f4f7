package org.llmmerging.merge;

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
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.merge.TokenizedModels.EMBEDDING;
import static org.llmmerging.merge.TokenizedModels.UNION;
import static org.llmmerging.merge.TokenizedModels.wordPiece;

/** What keeps vocabularies from being merged is reported by the plan, or noted where it is allowed. */
class VocabularyProblemsTest {
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

    private void assertRefused(String expected, String configuration) {
        assertEquals(expected, MergeRun.refusal(ConfigException.class, configuration, folder));
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
