package org.llmmerging.merge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.config.ConfigException;
import org.llmmerging.hub.HubCache;
import org.llmmerging.plugin.PluginRegistry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * What is wrong with a configuration is reported before any weight is read: all of it, where it stands, and the remedy.
 */
class PlanProblemsTest {
    private static final Path MODELS = Path.of("src/test/resources/golden/mergekit").toAbsolutePath();
    private static final String ACCEPTED = "accepted";

    @TempDir
    private Path folder;

    /** A configuration and what planning it says. */
    record Case(String name, String configuration, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() throws IOException {
        try (InputStream table = PlanProblemsTest.class.getResourceAsStream("plan-problems.txt")) {
            String text = new String(table.readAllBytes(), StandardCharsets.UTF_8);
            List<Case> cases = new ArrayList<>();
            for (String section : text.substring(text.indexOf("### ")).split("(?m)^### ")) {
                String[] parts = section.split("(?m)^=>$", 2);
                if (parts.length == 2) {
                    String[] named = parts[0].split("\n", 2);
                    cases.add(new Case(named[0], named[1], parts[1].strip()));
                }
            }
            return cases;
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void tellsAllThatIsWrong(Case problem) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), problem.configuration());
        if (problem.expected().equals(ACCEPTED)) {
            assertEquals(List.of(), notes(file));
            return;
        }
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        String told = String.valueOf(refusal.getMessage())
                .replace(file.toString(), "c.yml")
                .replace(MODELS + "/", "");
        assertEquals(problem.expected(), told.strip());
    }

    @Test
    void aPatternThatMatchesNothingIsReportedOnce() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                merge_method: linear
                models: [{model: none/*, parameters: {weight: 1}}]
                """);
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        assertEquals(1, String.valueOf(refusal.getMessage()).lines().count(), refusal.getMessage());
    }

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
    void aFilterOfAParameterThatIsPassedOverIsPassedOverToo() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: models/t-ft1, parameters: {weight: 1, density: [{filter: nothing, value: 2}]}}
                merge_method: linear
                """);
        assertEquals(1, notes(file).size());
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
        ConfigException refusal = assertThrows(ConfigException.class, () -> notes(file));
        assertEquals(
                """
                        c.yml:3:15: There is no merge method named 'foo'. Known are:
                        c.yml:5:44: method linear has no parameter 'nope'. Known are: normalize, weight.
                        c.yml:5:49: /b: there is no such folder. Correct the path""",
                String.valueOf(refusal.getMessage())
                        .replace(file.toString(), "c.yml")
                        .replaceFirst("(Known are:).*", "$1"));
    }

    @Test
    void parametersThatMergekitPassesOverAreNoted() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: models/t-ft1, parameters: {weight: 1, density: 0.5}}
                - {model: models/t-ft2, parameters: {weight: 1, normalize: false}}
                merge_method: linear
                parameters: {int8_mask: true}
                """);
        assertEquals(
                List.of(
                        file + ":5:25: method linear has no parameter 'int8_mask', as others have, and passes over it",
                        file + ":2:58: method linear has no parameter 'density', as others have, and passes over it",
                        file + ":3:60: the parameter 'normalize' of linear is one for the whole merge and has no effect"
                                + " under a model"),
                notes(file));
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

    @Test
    void vocabulariesAreCutWhenAllowedAndThatIsNoted() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: models/t-ft2-vocab, parameters: {weight: 1}}
                - {model: models/t-ft1, parameters: {weight: 1}}
                merge_method: linear
                """);
        MergePlan plan = plan(file, MergeOptions.defaults(1).withAllowCrimes(true));
        assertEquals(
                List.of(
                        "tensor lm_head.weight: the last 5 of the 33 rows of models/t-ft2-vocab are left out, because"
                                + " another model has only 28 (--allow-crimes)",
                        "tensor model.embed_tokens.weight: the last 5 of the 33 rows of models/t-ft2-vocab are left"
                                + " out, because another model has only 28 (--allow-crimes)"),
                plan.notes());
        assertEquals("28", String.valueOf(plan.folder().changes().get("vocab_size")), "the first model's says 33");
    }

    @ParameterizedTest
    @CsvSource({
        "slerp, t-base, t-ft2-vocab, 't: 0.5'", "slerp, t-ft2-vocab, t-base, 't: 0.5'",
        "nearswap, t-base, t-ft2-vocab, 't: 0.5'", "nearswap, t-ft2-vocab, t-base, 't: 0.5'",
        "arcee_fusion, t-base, t-ft2-vocab, ''", "arcee_fusion, t-ft2-vocab, t-base, ''"})
    void methodsThatTakeTheCommonRowsCutTheirBaseAsWell(String method, String base, String model, String parameters)
            throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: models/%s}
                merge_method: %s
                base_model: models/%s
                parameters: {%s}
                """.formatted(model, method, base, parameters));
        assertTheLargerVocabularyIsCut(plan(file, MergeOptions.defaults(1).withAllowCrimes(true)));
    }

    @Test
    void modelStockCutsItsBaseAsWell() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: models/t-ft1}
                - {model: models/t-base}
                merge_method: model_stock
                base_model: models/t-ft2-vocab
                """);
        assertTheLargerVocabularyIsCut(plan(file, MergeOptions.defaults(1).withAllowCrimes(true)));
    }

    private static void assertTheLargerVocabularyIsCut(MergePlan plan) {
        assertTrue(plan.notes().getFirst().contains("of models/t-ft2-vocab are left out"), plan.notes().toString());
        long rows = plan.tensors().stream()
                .map(PlannedTensor::output)
                .filter(tensor -> tensor.name().equals("lm_head.weight"))
                .mapToLong(tensor -> tensor.shape().rows())
                .sum();
        assertEquals(28, rows);
    }

    @Test
    void taskVectorsOfRowsThatAModelLacksAreRefusedEvenThen() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: models/t-ft1, parameters: {weight: 1}}
                merge_method: task_arithmetic
                base_model: models/t-ft2-vocab
                """);
        MergeOptions options = MergeOptions.defaults(1).withAllowCrimes(true);
        assertThrows(ConfigException.class, () -> plan(file, options));
    }

    /** Reads and plans a file as {@code ./main merge} does. */
    private List<String> notes(Path file) {
        ModelLocator locator = new ModelLocator(List.of(MODELS), new HubCache(MODELS.resolve("no-cache")));
        StageCache stages = StageCache.beside(folder.resolve("out"), false);
        try (PluginRegistry registry = PluginRegistry.load(List.of());
                StagedPlan plan = new StagedPlanner(new Planning(
                        MergeOptions.defaults(1), locator, method -> registry.requireMethod(method).method(), stages))
                        .plan(file)) {
            return plan.notes();
        }
    }

    private static MergePlan plan(Path file, MergeOptions options) {
        try (PluginRegistry registry = PluginRegistry.load(List.of());
                ModelStore store = MergeRun.store(MODELS)) {
            return MergeRun.plan(file, store, options, registry);
        }
    }
}
