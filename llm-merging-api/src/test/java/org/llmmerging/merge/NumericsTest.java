package org.llmmerging.merge;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.MergingException;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Inputs at the edge of arithmetic have defined results, or one clear error that leaves nothing behind. */
class NumericsTest {
    private static final String LINEAR = """
            models:
            - {model: a, parameters: {weight: 0.5}}
            - {model: b, parameters: {weight: 0.5}}
            merge_method: linear
            """;

    @TempDir
    private Path folder;

    private float[] merge(String configuration) throws IOException {
        return merge(configuration, MergeOptions.defaults(1));
    }

    private float[] merge(String configuration, MergeOptions options) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), configuration);
        try (MergeRun run = MergeRun.of(file, folder, options, folder.resolve("out"))) {
            return Differences.read(run.merged().tensor("w"));
        }
    }

    private void model(String name, DType dtype, float... values) {
        new TinyModel(folder.resolve(name))
                .tensor("w", dtype, Shape.of(values.length), values)
                .write();
    }

    private void assertRefused(String expected, String configuration) {
        MergingException refusal = assertThrows(MergingException.class, () -> merge(configuration));
        assertEquals(
                expected,
                String.valueOf(refusal.getMessage())
                        .replace(folder + "/", "")
                        .strip());
        assertEquals(false, Files.exists(folder.resolve("out")), "nothing is left behind");
    }

    /** A model whose one tensor holds doubles that are no floats. */
    private byte[] float64Model(String name, double... values) throws IOException {
        return float64Model(name, "w", Shape.of(values.length), values);
    }

    private byte[] float64Model(String name, String tensor, Shape shape, double... values) throws IOException {
        new TinyModel(folder.resolve(name)).tensor(tensor, DType.F64, shape, new float[values.length]).write();
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Double.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            bytes.putDouble(value);
        }
        Path file = folder.resolve(name).resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(file);
        System.arraycopy(bytes.array(), 0, whole, whole.length - bytes.capacity(), bytes.capacity());
        Files.write(file, whole);
        return bytes.array();
    }

    private byte[] mergedBytes(String configuration, MergeOptions options, List<String> notes) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), configuration);
        try (MergeRun run = MergeRun.of(file, folder, options, folder.resolve("out"))) {
            notes.addAll(run.plan().notes());
            return run.merged().tensor("w").data().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    @Test
    void passthroughKeepsEveryBitOfFloat64() throws IOException {
        byte[] values = float64Model("a", 0.1, 1e300, -Math.PI);
        List<String> notes = new ArrayList<>();
        String configuration = "models: [{model: a}]\nmerge_method: passthrough\n";

        assertArrayEquals(values, mergedBytes(configuration, MergeOptions.defaults(1), notes));
        assertArrayEquals(
                values, mergedBytes(configuration + "dtype: float64\n", MergeOptions.defaults(1), notes));
        assertEquals(List.of(), notes);
    }

    @Test
    void otherMethodsNoteThatFloat64IsReadAsFloat32() throws IOException {
        float64Model("a", 0.1, 0.2);
        List<String> notes = new ArrayList<>();

        mergedBytes("models: [{model: a, parameters: {scale: 0.5}}]\nmerge_method: passthrough\n",
                MergeOptions.defaults(1), notes);

        assertEquals(
                List.of("tensor \"w\" is read and written as float64 and merged in float32, which holds fewer digits"),
                notes);
    }

    @Test
    void float64ThatIsCopiedMustBeFiniteLikeAllElse() throws IOException {
        byte[] values = float64Model("a", 0.1, Double.NaN);
        String configuration = "models: [{model: a}]\nmerge_method: passthrough\n";

        assertRefused("a: tensor w holds NaN at element 1. Use a checkpoint without it, or let it pass with"
                + " --allow-non-finite", configuration);
        MergeOptions allowed = MergeOptions.defaults(1).withAllowNonFinite(true);
        assertArrayEquals(values, mergedBytes(configuration, allowed, new ArrayList<>()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dtype: float16\n"})
    void aFloat64ThatFloat32DoesNotHoldIsNotTakenForInfinity(String type) throws IOException {
        float64Model("a", 0.1, 1e300);
        float64Model("b", 0.1, 0.2);
        assertRefused(
                "a: tensor w holds a float64 at element 1 that float32, in which models are merged, does not hold."
                        + " Use a checkpoint without it, or let it pass as Infinity with --allow-non-finite",
                LINEAR + type);
    }

    @Test
    void aFloat64InRowsThatAreLeftIsNotTakenForInfinityEither() throws IOException {
        float64Model("a", "model.embed_tokens.weight", Shape.of(3, 2), 0, 1e300, 0, 0, 0, 0);
        float64Model("b", "model.embed_tokens.weight", Shape.of(2, 2), 0, 0, 0, 0);
        MergingException refusal = assertThrows(
                MergingException.class, () -> merge(LINEAR, MergeOptions.defaults(1).withAllowCrimes(true)));
        assertTrue(refusal.getMessage().contains("holds a float64 at element 1 that float32"), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "dtype: float16\n"})
    void anInfinityOfFloat64IsCalledSo(String type) throws IOException {
        float64Model("a", 0.1, Double.NEGATIVE_INFINITY);
        float64Model("b", 0.1, 0.2);
        assertRefused("a: tensor w holds -Infinity at element 1. Use a checkpoint without it, or let it pass with"
                + " --allow-non-finite", LINEAR + type);
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

    @Test
    void anOverflowOfFloat16NamesTheTensorAndTheLargestValue() {
        model("a", DType.F16, 10000, 1);
        model("b", DType.F16, 1, 1);
        assertRefused(
                "tensor w: the merged values reach 99991.0, more than float16 holds (65504). Set out_dtype: bfloat16 or"
                        + " float32",
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
                "tensor w: the merged values reach 3.4E38, more than bfloat16 holds (3.39e38). Set out_dtype: float32",
                refusal.getMessage());
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
    void mixedTypesAreMergedInFloat32() throws IOException {
        model("a", DType.BF16, 1, 2);
        model("b", DType.F16, 3, 5);
        assertArrayEquals(new float[] {2, 3.5f}, merge(LINEAR));
    }

    @Test
    void integersAreCopiedWhenAllModelsAgree() throws IOException {
        for (String name : List.of("a", "b")) {
            new TinyModel(folder.resolve(name))
                    .raw("steps", DType.I32, Shape.of(1), (byte) 7, (byte) 0, (byte) 0, (byte) 0)
                    .tensor("w", DType.F32, Shape.of(1), 1)
                    .write();
        }
        assertArrayEquals(new float[] {1}, merge(LINEAR));
    }

    @Test
    void integersThatDifferAreRefused() {
        for (String name : List.of("a", "b")) {
            new TinyModel(folder.resolve(name))
                    .raw("steps", DType.U8, Shape.of(1), (byte) name.charAt(0))
                    .tensor("w", DType.F32, Shape.of(1), 1)
                    .write();
        }
        assertRefused(
                "tensor steps has type uint8, which cannot be merged, and is not the same in a and b. Merge models that"
                        + " agree in it",
                LINEAR);
    }

    @Test
    void integersOfDifferentTypesAreRefusedByThePlan() {
        new TinyModel(folder.resolve("a"))
                .raw("steps", DType.U8, Shape.of(1), (byte) 1)
                .tensor("w", DType.F32, Shape.of(1), 1)
                .write();
        new TinyModel(folder.resolve("b"))
                .raw("steps", DType.BOOL, Shape.of(1), (byte) 1)
                .tensor("w", DType.F32, Shape.of(1), 1)
                .write();
        assertRefused(
                "c.yml:2:1: tensor steps has type uint8 in a and bool in b, which can only be copied. Convert one of the"
                        + " models first",
                LINEAR);
    }

    @Test
    void aTensorOfIntegersAndOneOfNumbersAreRefused() {
        model("a", DType.F32, 1);
        new TinyModel(folder.resolve("b")).raw("w", DType.U8, Shape.of(1), (byte) 1).write();
        assertRefused(
                "c.yml:2:1: tensor w of b has type uint8, which cannot be merged with floating-point numbers. Convert"
                        + " that model first",
                LINEAR);
    }

    @Test
    void fusedAndSplitProjectionsAreDifferentArchitectures() {
        new TinyModel(folder.resolve("a"))
                .random("model.layers.0.self_attn.qkv_proj.weight", 6, 2)
                .write();
        new TinyModel(folder.resolve("b"))
                .random("model.layers.0.self_attn.q_proj.weight", 2, 2)
                .random("model.layers.0.self_attn.k_proj.weight", 2, 2)
                .random("model.layers.0.self_attn.v_proj.weight", 2, 2)
                .write();
        assertRefused(
                """
                        c.yml:2:3: a has no tensor model.layers.0.self_attn.k_proj.weight, which another model of this \
                        merge has; likewise model.layers.0.self_attn.q_proj.weight, model.layers.0.self_attn.v_proj.weight. \
                        Merge models of one architecture
                        c.yml:3:3: b has no tensor model.layers.0.self_attn.qkv_proj.weight, which another model of this \
                        merge has. Merge models of one architecture""",
                LINEAR);
    }

    @Test
    void identicalModelsGiveThemselves() throws IOException {
        model("a", DType.F32, 0.25f, -1, 3);
        model("b", DType.F32, 0.25f, -1, 3);
        for (String method : List.of("slerp", "ties", "model_stock", "della", "breadcrumbs", "geometric_median")) {
            assertArrayEquals(new float[] {0.25f, -1, 3}, merge(ofBase(method)), method);
        }
    }

    @Test
    void zeroTensorsGiveZeros() throws IOException {
        model("a", DType.F32, 0, 0);
        model("b", DType.F32, 0, 0);
        for (String method : List.of("slerp", "ties", "dare_ties", "model_stock", "della_linear")) {
            assertArrayEquals(new float[] {0, 0}, merge(ofBase(method)), method);
        }
    }

    @Test
    void oppositeVectorsAreInterpolatedOnTheLineBetweenThem() throws IOException {
        model("a", DType.F32, 1, -2);
        model("b", DType.F32, -1, 2);
        assertArrayEquals(new float[] {-0.5f, 1}, merge(ofBase("slerp")), "a quarter of the way from the base, b");
    }

    @Test
    void oneElementIsATensor() throws IOException {
        model("a", DType.F32, 3);
        model("b", DType.F32, 1);
        for (String method : List.of("ties", "breadcrumbs")) {
            assertArrayEquals(new float[] {3}, merge(ofBase(method)), method);
        }
    }

    /** A merge of a into b by a method, with parameters that any of them takes or needs. */
    private static String ofBase(String method) {
        String own = switch (method) {
            case "slerp" -> "";
            case "model_stock", "geometric_median" -> "";
            default -> ", parameters: {weight: 1, density: 0.5}";
        };
        String second = method.equals("model_stock") ? "- {model: a}\n" : "";
        String shared = method.equals("slerp") ? "parameters: {t: 0.25}\n" : "";
        return "models:\n- {model: a" + own + "}\n" + second + "merge_method: " + method + "\nbase_model: b\n" + shared;
    }
}
