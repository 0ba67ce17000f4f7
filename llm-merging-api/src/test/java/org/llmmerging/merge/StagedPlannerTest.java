package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.MergingException;
import org.llmmerging.config.ConfigException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.merge.GoldenModels.notes;

/** What is wrong in one document of a file hides nothing that is wrong in the others, and is reported once. */
class StagedPlannerTest {
    @TempDir
    private Path folder;

    @Test
    void documentsThatCannotBePlannedAreLookedThrough() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                name: first
                models: [{model: models/t-ft1, parameters: {nope: 1}}]
                base_model: a@b@c
                merge_method: linear
                ---
                models: [{model: first}, {model: /b}]
                merge_method: karcher
                """);
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        List<String> lines = String.valueOf(refusal.getMessage()).replace(file.toString(), "c.yml").lines().toList();
        assertEquals(3, lines.size(), lines.toString());
        assertTrue(lines.getFirst().startsWith("c.yml:3:13: "), lines.toString());
        assertEquals("c.yml:2:51: method linear has no parameter 'nope'. Known are: normalize, weight.", lines.get(1));
        assertEquals("c.yml:6:26: /b: there is no such folder. Correct the path", lines.getLast());
    }

    /** As of one document: what is wrong is no configuration. */
    @Test
    void whereOnlyModelsCannotBeReadThatIsWhatFails() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                name: first
                models: [{model: /a}]
                merge_method: linear
                ---
                models: [{model: first}, {model: /b}]
                merge_method: karcher
                """);
        MergingException refusal = assertThrows(MergingException.class, () -> notes(file));
        assertEquals(3, refusal.exitCode());
        assertEquals(
                """
                        c.yml:2:10: /a: there is no such folder. Correct the path
                        c.yml:5:26: /b: there is no such folder. Correct the path""",
                String.valueOf(refusal.getMessage()).replace(file.toString(), "c.yml"));
    }

    @Test
    void documentsThatHaveNoOrderAreLookedThrough() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                name: one
                models: [{model: models/t-ft1}]
                merge_method: foo
                ---
                models: [{model: one@5}, {model: /b}]
                merge_method: karcher
                """);
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        String told = String.valueOf(refusal.getMessage());
        assertEquals(3, told.lines().count(), told);
        assertTrue(told.contains("which has no revisions"), told);
        assertTrue(told.contains(":3:15: There is no merge method named 'foo'"), told);
        assertTrue(told.contains(":5:26: /b: there is no such folder"), told);
    }

    @Test
    void besideAPatternThatNothingMatchesTheRestIsLookedThrough() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: "/none/*", parameters: {wieght: 1}}
                - {model: /b, parameters: {weight: 1}}
                merge_method: linear
                """);
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        String told = String.valueOf(refusal.getMessage());
        assertEquals(3, told.lines().count(), told);
        assertTrue(told.contains(":2:3: no folder matches '/none/*'"), told);
        assertTrue(told.contains(":2:43: method linear has no parameter 'wieght'"), told);
        assertTrue(told.contains(":3:3: /b: there is no such folder"), told);
    }

    @Test
    void besideAPatternThatNothingMatchesStagesThatUseEachOtherAndMissingBasesAreTold() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                name: one
                merge_method: task_arithmetic
                base_model: "/runs/*"
                models: [{model: two, parameters: {weight: 1}}, {model: "/none/*", parameters: {weight: 1}}]
                ---
                name: two
                merge_method: passthrough
                models: [{model: one}]
                """);
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        String told = String.valueOf(refusal.getMessage());
        assertEquals(3, told.lines().count(), told);
        assertTrue(told.contains(":4:49: no folder matches '/none/*'"), told);
        assertTrue(told.contains("circle"), told);
        assertTrue(told.contains("/runs/*: there is no such folder"), told);
    }

    @Test
    void aStageIsNoMissingModelWhereItsDocumentCannotBeRead() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                name: one
                models: [{model: models/t-ft1}]
                ---
                models: [{model: one}, {model: models/t-ft*, parameters: {density: 1}}]
                base_modle: models/t-base
                merge_method: ties
                """);
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        assertEquals(
                """
                        c.yml:1:1: missing 'merge_method'. Write for example 'merge_method: linear'.
                        c.yml:5:1: unknown key 'base_modle' in a merge configuration. Did you mean 'base_model'?""",
                String.valueOf(refusal.getMessage()).replace(file.toString(), "c.yml"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ".nan | 'weight' must be finite, not '.nan'. Write a finite number.",
                "'0,5' | 'weight' must be a number, not the text '0,5'. Write for example 'weight: 0.5'.",
                "[0.5, x] | 'weight' must be a number, not 'x'. Write for example 'weight: 0.5'.",
                "[{filter: mlp, value: .inf}, 1] | 'weight' must be finite, not '.inf'. Write a finite number.",
                "{filter: mlp} | 'weight' is a filter outside a list. Write 'weight: [{filter: mlp, value: 0.5}, {value: 1}]'."
            })
    void aStageWithAValueThatCannotBeReadIsToldOnce(String value, String problem) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                name: a
                merge_method: linear
                models:
                - {model: models/t-ft1, parameters: {weight: %s}}
                ---
                merge_method: passthrough
                models: [{model: a}]
                """.formatted(value));
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        String told = String.valueOf(refusal.getMessage());
        assertTrue(told.startsWith(file + ":4:") && told.endsWith(": " + problem), told);
        assertEquals(1, told.lines().count(), told);
    }

    @Test
    void whatUsesAStageThatCannotBePlannedIsLookedThrough() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                name: first
                models: [{model: models/t-ft1}]
                merge_method: foo
                ---
                models: [{model: first, parameters: {nope: 1}}, {model: /b}]
                merge_method: linear
                """);
        MergingException refusal = assertThrows(MergingException.class, () -> notes(file));
        assertEquals(2, refusal.exitCode());
        assertEquals(
                """
                        c.yml:3:15: There is no merge method named 'foo'. Known are:
                        c.yml:5:44: method linear has no parameter 'nope'. Known are: normalize, weight.
                        c.yml:5:49: /b: there is no such folder. Correct the path""",
                String.valueOf(refusal.getMessage())
                        .replace(file.toString(), "c.yml")
                        .replaceFirst("(Known are:).*", "$1"));
    }
}
