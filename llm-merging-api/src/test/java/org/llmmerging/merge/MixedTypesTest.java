package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.checkpoint.Tensor;
import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A bfloat16 base and float32 fine-tunes whose changes bfloat16 cannot hold, with and without a {@code dtype}. */
class MixedTypesTest {
    private static final float[] BASE = {1, -2, 0.5f, 0.25f};
    private static final float[] TUNED = {1.001f, -2.003f, 0.5007f, 0.2509f};

    @TempDir
    private Path folder;

    private record Merged(DType type, float[] values) {}

    @BeforeEach
    void writeModels() {
        model("base", DType.BF16, BASE);
        model("a", DType.F32, TUNED);
        model("b", DType.F32, 1.002f, -2.001f, 0.5005f, 0.2505f);
    }

    private void model(String name, DType dtype, float... values) {
        new TinyModel(folder.resolve(name))
                .tensor("w", dtype, Shape.of(values.length), values)
                .write();
    }

    private Merged merge(String method, String models, String more) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"),
                "merge_method: " + method + "\nbase_model: base\nmodels: ["
                        + models + "]\n" + more);
        try (MergeRun run = MergeRun.of(file, folder, MergeOptions.defaults(1), folder.resolve("out"))) {
            Tensor merged = run.merged().tensor("w");
            return new Merged(merged.info().dtype(), Differences.read(merged));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"model_stock", "nuslerp", "multislerp", "ram", "geometric_median"})
    void areKeptWhereTypesArePromoted(String method) throws IOException {
        String models = "{model: a, parameters: {weight: 1}}, {model: b, parameters: {weight: 1}}";
        Merged merged = merge(method,
                method.equals("model_stock") || method.equals("ram") ? "{model: a}, {model: b}" : models,
                "");
        assertEquals(DType.F32, merged.type());
        assertFalse(Arrays.equals(BASE, merged.values()));
    }

    @Test
    void areReadByInterpolationAndWrittenInTheBasesType() throws IOException {
        Merged merged = merge("slerp", "{model: a}", "parameters: {t: 1}");
        assertEquals(DType.BF16, merged.type());
        assertArrayEquals(BASE, merged.values());
        assertArrayEquals(TUNED, merge("slerp", "{model: a}", "parameters: {t: 1}\nout_dtype: float32").values());
    }

    @ParameterizedTest
    @ValueSource(strings = {"task_arithmetic", "ties"})
    void areRoundedToTheBaseInTaskVectors(String method) throws IOException {
        Merged merged = merge(method, "{model: a, parameters: {weight: 1}}", "out_dtype: float32");
        assertArrayEquals(BASE, merged.values());
    }

    @Test
    void areReadInTheTypeThatIsAskedFor() throws IOException {
        Merged merged = merge("task_arithmetic", "{model: a, parameters: {weight: 1}}", "dtype: float32");
        assertEquals(DType.F32, merged.type());
        assertArrayEquals(TUNED, merged.values(), 1e-7f);
    }

    private MergeRun copy(String configuration) throws IOException {
        for (String name : new String[] {"c", "d"}) {
            new TinyModel(folder.resolve(name))
                    .raw("w", DType.F8_E4M3, Shape.of(2), (byte) 56, (byte) 57)
                    .write();
        }
        Path file = Files.writeString(folder.resolve("c.yml"), configuration);
        return MergeRun.of(file, folder, MergeOptions.defaults(1), folder.resolve("copy"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{merge_method: passthrough, models: [{model: c, parameters: {scale: 0}}], dtype: bfloat16}",
                "{merge_method: linear, models: [{model: c}, {model: d}], parameters: {weight: 1, normalize: false}}"
            })
    void whatCanOnlyBeCopiedIsRefusedWhereParametersWouldChangeIt(String configuration) {
        ConfigException refusal = assertThrows(ConfigException.class, () -> copy(configuration));
        String told = String.valueOf(refusal.getMessage());
        assertTrue(told.contains("tensor w has type float8_e4m3fn, which can only be copied, and the parameters of"),
                told);
    }

    @Test
    void whatCanOnlyBeCopiedKeepsItsTypeAndThatIsNoted() throws IOException {
        try (MergeRun run = copy("{merge_method: linear, models: [{model: c}, {model: d}],"
                + " parameters: {weight: 0.5, normalize: false}, dtype: bfloat16}")) {
            assertEquals(DType.F8_E4M3, run.merged().tensor("w").info().dtype());
            assertEquals(
                    List.of("tensor w has type float8_e4m3fn, which can only be copied: it is not converted to bfloat16"),
                    run.plan().notes());
        }
    }
}
