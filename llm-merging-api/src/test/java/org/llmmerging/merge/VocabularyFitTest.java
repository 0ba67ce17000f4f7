package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.config.ConfigException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.merge.GoldenModels.plan;

class VocabularyFitTest {
    @TempDir
    private Path folder;

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
        plan.describe(folder, false);
        assertEquals(28, ModelFolder.readConfig(folder).path("vocab_size").asInt(), "the first model's says 33");
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
}
