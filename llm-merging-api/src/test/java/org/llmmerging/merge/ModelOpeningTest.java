package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.config.ConfigException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.merge.GoldenModels.notes;
import static org.llmmerging.merge.GoldenModels.plan;

class ModelOpeningTest {
    @TempDir
    private Path folder;

    @Test
    void everyModelThatCannotBeReadIsToldWhereItIsNamed() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                base_model: nowhere/a
                models:
                - {model: models/t-ft1, parameters: {weight: 1}}
                - {model: /b, parameters: {weight: 1}}
                merge_method: ties
                """);
        CheckpointException refusal = assertThrows(CheckpointException.class,
                () -> plan(file, MergeOptions.defaults(1)));
        List<String> lines = String.valueOf(refusal.getMessage()).lines().toList();
        assertEquals(2, lines.size(), lines.toString());
        assertTrue(lines.getFirst().startsWith(file + ":1:13: nowhere/a: there is no such folder in "),
                lines.getFirst());
        assertTrue(lines.getFirst().endsWith("with: hf download nowhere/a"), lines.getFirst());
        assertEquals(file + ":4:3: /b: there is no such folder. Correct the path", lines.getLast());
    }

    @Test
    void aBaseThatSeveralAdaptersLackIsReportedOnceAndTheAdaptersToo() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: /a+/b, parameters: {weight: 1}}
                - {model: /a+/c, parameters: {weight: 1}}
                merge_method: linear
                """);
        CheckpointException refusal = assertThrows(CheckpointException.class,
                () -> plan(file, MergeOptions.defaults(1)));
        assertEquals(
                """
                        c.yml:2:3: /a: there is no such folder. Correct the path
                        c.yml:2:3: /b: there is no such folder. Correct the path
                        c.yml:3:3: /c: there is no such folder. Correct the path""",
                String.valueOf(refusal.getMessage()).replace(file.toString(), "c.yml"));
    }

    @Test
    void modelsThatCannotBeReadAreToldBesideAllElse() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: /a, parameters: {wieght: 1}}
                - {model: /b, parameters: {weight: .inf}}
                merge_method: linear
                ---
                name: later
                models: [{model: models/t-ft1}]
                merge_method: liner
                """);
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        assertEquals(
                """
                        c.yml:3:36: 'weight' must be finite, not '.inf'. Write a finite number.
                        c.yml:2:3: /a: there is no such folder. Correct the path
                        c.yml:2:36: method linear has no parameter 'wieght'. Did you mean 'weight'?
                        c.yml:3:3: /b: there is no such folder. Correct the path""",
                String.valueOf(refusal.getMessage()).replace(file.toString(), "c.yml"));
    }

    @Test
    void aMisspeltWordForAVocabularyIsSuggestedAndNotItself() throws IOException {
        String models = "models: [{model: models/t-ft1, parameters: {weight: 1}}]\nmerge_method: linear\n";
        Path file = Files.writeString(folder.resolve("c.yml"), models + "tokenizer_source: unoin\n");
        CheckpointException refusal = assertThrows(CheckpointException.class, () -> notes(file));
        assertTrue(refusal.getMessage().endsWith("hf download unoin. Did you mean 'union'?"), refusal.getMessage());
        Files.writeString(file, models + "tokenizer: {tokens: {x: {source: union}}}\n");
        refusal = assertThrows(CheckpointException.class, () -> notes(file));
        assertTrue(refusal.getMessage().endsWith("hf download union"), refusal.getMessage());
    }

    @Test
    void theModelOfATokensRuleIsToldWhereTheRuleStands() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models: [{model: models/t-ft1, parameters: {weight: 1}}]
                merge_method: linear
                tokenizer:
                  source: /a
                  tokens:
                    x: {source: /b}
                    y: {source: {kind: model_token, model: /c, token_id: 1}}
                """);
        CheckpointException refusal = assertThrows(CheckpointException.class, () -> notes(file));
        assertEquals(
                """
                        c.yml:4:3: /a: there is no such folder. Correct the path
                        c.yml:6:8: /b: there is no such folder. Correct the path
                        c.yml:7:8: /c: there is no such folder. Correct the path""",
                String.valueOf(refusal.getMessage()).replace(file.toString(), "c.yml"));
    }

    @Test
    void theRevisionOfAFolderIsNoted() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: models/t-ft1@main, parameters: {weight: 1}}
                - {model: models/t-ft2, parameters: {weight: 1}}
                merge_method: linear
                """);
        assertEquals(
                List.of("models/t-ft1@main: a folder has no revision; its files are taken as they are"),
                plan(file, MergeOptions.defaults(1)).notes());
    }
}
