package org.llmmerging.merge;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
import static org.llmmerging.merge.VectorMerges.LINEAR;

/** Models of float64, which are copied as they are and merged in float32, where that holds their values. */
class Float64MergeTest {
    @TempDir
    private Path folder;

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
        try (MergeRun run = MergeRun.of(configuration, folder, options)) {
            notes.addAll(run.plan().notes());
            return run.merged().tensor("w").data().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private float[] merge(String configuration, MergeOptions options) throws IOException {
        return new VectorMerges(folder).merge(configuration, options);
    }

    private void assertRefused(String expected, String configuration) {
        new VectorMerges(folder).assertRefused(expected, configuration);
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
}
