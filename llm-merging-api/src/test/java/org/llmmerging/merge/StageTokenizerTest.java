package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.config.ConfigException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.merge.StagedMergeTest.FIRST;

/** What is wrong with the tokenizer of a stage is reported as the stage's: its folder may be gone by then. */
class StageTokenizerTest {
    @TempDir
    private Path folder;

    private GoldenModels golden;

    @BeforeEach
    void start() {
        golden = new GoldenModels(folder);
    }

    @Test
    void aStageWithoutATokenizerIsNamed() {
        String union = "name: first\n" + FIRST + "---\nmerge_method: linear\n"
                + "models: [{model: first, parameters: {weight: 1}}]\ntokenizer: {source: union}\n";
        String lacks = folder.resolve("merge.yml") + ":10:12: the stage 'first' has no tokenizer.json, which merging"
                + " vocabularies needs: ";
        MergingException refusal = assertThrows(CheckpointException.class, () -> golden.merge(union));
        assertEquals(
                lacks + "the model whose tokenizer it takes has none. Make one for that model with transformers:"
                        + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)",
                refusal.getMessage());
        MergeOptions without = MergeOptions.defaults(42).withCopyTokenizer(false);
        refusal = assertThrows(
                ConfigException.class, () -> golden.merge(union, without, false, MergeListener.NONE));
        assertEquals(lacks + "--no-copy-tokenizer leaves it out. Run without that", refusal.getMessage());
    }

    private Path ownBase() throws IOException {
        Path model = Files.createDirectories(folder.resolve("models/t-base"));
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(GoldenModels.ROOT.resolve("models/t-base").resolve(name), model.resolve(name));
        }
        return model;
    }

    @Test
    void settingsOfAStageThatCannotBeChangedAreReportedWhereItIsUsed() throws IOException {
        Files.writeString(ownBase().resolve("tokenizer_config.json"), "[]");
        String template = "name: first\n" + FIRST + "---\nmerge_method: linear\n"
                + "models: [{model: first, parameters: {weight: 1}}]\nchat_template: chatml\n";
        MergingException refusal = assertThrows(MergingException.class, () -> golden.merge(template));
        assertEquals(
                folder.resolve("merge.yml") + ":9:9: the stage 'first': tokenizer_config.json: is not a JSON object."
                        + " Take the file of the original model",
                refusal.getMessage());
    }

    @Test
    void settingsOfAStageThatOnlyTheTokenizerNamesAreReportedAsItsToo() throws IOException {
        TokenizedModels models = new TokenizedModels(folder);
        Path a = models.model("a", TokenizedModels.wordPiece("\"x\": 0"), 1);
        Files.writeString(a.resolve("tokenizer_config.json"), "[]");
        models.model("b", TokenizedModels.wordPiece("\"x\": 0"), 1);
        MergingException refusal = assertThrows(MergingException.class, () -> golden.merge("""
                name: first
                merge_method: linear
                models: [{model: a, parameters: {weight: 1}}]
                ---
                merge_method: linear
                models: [{model: b, parameters: {weight: 1}}]
                tokenizer_source: first
                chat_template: chatml
                """));
        assertEquals(
                folder.resolve("merge.yml") + ":6:9: the stage 'first': tokenizer_config.json: is not a JSON object."
                        + " Take the file of the original model",
                refusal.getMessage());
    }

    @Test
    void aDamagedTokenizerOfAStageIsReportedWhereItIsAskedFor() throws IOException {
        Files.writeString(ownBase().resolve("tokenizer.json"), "{}");
        String union = "name: first\n" + FIRST + "---\nmerge_method: linear\n"
                + "models: [{model: first, parameters: {weight: 1}}]\ntokenizer: {source: union}\n";
        MergingException refusal = assertThrows(MergingException.class, () -> golden.merge(union));
        String start = folder.resolve("merge.yml") + ":10:12: the stage 'first': tokenizer.json: ";
        assertTrue(refusal.getMessage().startsWith(start), refusal.getMessage());
    }
}
