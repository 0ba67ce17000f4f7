package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.MergingException;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.llmmerging.merge.VectorMerges.LINEAR;

/** What is no number, or too large for its type, ends a merge with one clear error that leaves nothing behind. */
class NonFiniteTest {
    @TempDir
    private Path folder;

    private void model(String name, DType dtype, float... values) {
        new VectorMerges(folder).model(name, dtype, values);
    }

    private float[] merge(String configuration, MergeOptions options) throws IOException {
        return new VectorMerges(folder).merge(configuration, options);
    }

    private void assertRefused(String expected, String configuration) {
        new VectorMerges(folder).assertRefused(expected, configuration);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void anInputThatIsNoNumberIsTracedToItsModel(float value) {
        model("a", DType.F32, 1, 2, 3);
        model("b", DType.F32, 1, value, 3);
        assertRefused(
                "b: tensor w holds " + value + " at element 1. Use a checkpoint without it, or let it pass with"
                        + " --allow-non-finite",
                LINEAR);
    }

    @ParameterizedTest
    @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
    void anInputThatIsNoNumberIsMergedWhereAllowed(float value) throws IOException {
        model("a", DType.F32, 1, 2, 3);
        model("b", DType.F32, 1, value, 5);
        assertArrayEquals(
                new float[] {1, value, 4},
                merge(LINEAR, MergeOptions.defaults(1).withAllowNonFinite(true)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"breadcrumbs", "breadcrumbs_ties", "della", "dare_linear", "ram", "ramplus_tl", "arcee_fusion"})
    void anInputThatIsNoNumberIsFoundWhateverTheMethodDrops(String method) {
        float[] values = new float[4096];
        Random random = new Random(5);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        model("b", DType.F32, values);
        for (int i = 0; i < values.length; i++) {
            values[i] += random.nextFloat() / 8;
        }
        values[4000] = Float.NaN;
        model("a", DType.F32, values);
        assertRefused(
                "a: tensor w holds NaN at element 4000. Use a checkpoint without it, or let it pass with"
                        + " --allow-non-finite",
                """
                        models: [{model: a}]
                        base_model: b
                        merge_method: %s
                        parameters: {%s}
                        """.formatted(method, method.matches("ram.*|arcee.*") ? "" : "weight: 1"));
    }

    @Test
    void anInputIsNamedWhereAllOfTheTensorTakesItsNaN() {
        float[] values = new float[40_000];
        Arrays.fill(values, 1);
        model("b", DType.F32, values);
        values[39_999] = Float.NaN;
        model("a", DType.F32, values);
        assertRefused(
                "a: tensor w holds NaN at element 39999. Use a checkpoint without it, or let it pass with"
                        + " --allow-non-finite",
                """
                        models: [{model: a}]
                        base_model: b
                        merge_method: slerp
                        parameters: {t: 0.5}
                        """);
    }

    @Test
    void aNumberThatTheArithmeticTypeCannotHoldIsToldAsOne() {
        model("a", DType.F32, 1, 100_000);
        assertRefused(
                "a: tensor w holds 100000.0 at element 1, more than float16 holds (65504). Set dtype: bfloat16 or float32",
                """
                        models: [{model: a}]
                        merge_method: passthrough
                        dtype: float16
                        """);
    }

    @Test
    void aResultThatIsNoNumberHasTheRemedyOfItsMethod() {
        model("a", DType.F32, 3e38f, 1);
        model("b", DType.F32, 3e38f, 1);
        assertRefused(
                "tensor w: method linear gives Infinity at element 0 from finite inputs. Use smaller weights",
                """
                        models:
                        - {model: a, parameters: {weight: 9}}
                        - {model: b, parameters: {weight: 9}}
                        merge_method: linear
                        parameters: {normalize: false}
                        """);
        model("c", DType.F32, -3e38f, -1);
        assertRefused(
                "tensor w: method slerp gives -Infinity at element 0 from finite inputs. A sum overflowed, or the method"
                        + " has a fault: correct it, use another, or let it pass with --allow-non-finite",
                """
                        models: [{model: c}]
                        merge_method: slerp
                        base_model: a
                        parameters: {t: 9}
                        """);
    }

    @Test
    void anOverflowOfFloat16NamesTheTensorAndTheLargestValue() {
        model("a", DType.F16, 10000, 1);
        model("b", DType.F16, 1, 1);
        assertRefused(
                "tensor w: the merged values reach 99991.0, more than float16 holds (65504). Set out_dtype: bfloat16 or"
                        + " float32; where that cannot be set, use models of that type",
                """
                        models:
                        - {model: a, parameters: {weight: 1}}
                        merge_method: task_arithmetic
                        base_model: b
                        parameters: {lambda: 10}
                        """);
    }

    @Test
    void anOverflowOfBfloat16NamesTheLargestValueBesideWhatIsNoNumber() {
        model("a", DType.F32, 3.4e38f, 1, Float.NaN);
        MergingException refusal = assertThrows(
                MergingException.class,
                () -> merge("""
                        models: [{model: a}]
                        merge_method: passthrough
                        out_dtype: bfloat16
                        """, MergeOptions.defaults(1).withAllowNonFinite(true)));
        assertEquals(
                "tensor w: the merged values reach 3.4E38, more than bfloat16 holds (3.39e38). Set out_dtype: float32;"
                        + " where that cannot be set, use models of that type",
                refusal.getMessage());
    }
}
