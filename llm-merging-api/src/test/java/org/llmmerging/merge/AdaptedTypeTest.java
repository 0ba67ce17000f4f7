package org.llmmerging.merge;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.RoundedSource;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.config.ModelReference;
import org.llmmerging.hub.HubCache;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

/** What {@code --lora-merge-dtype} asks for, on one of the starter models. */
class AdaptedTypeTest {
    private static final String TENSOR = "model.layers.0.self_attn.q_proj.weight";
    private static final ModelReference ADAPTED = ModelReference.parse("llama2/base+llama2/arithmetic");

    @TempDir
    private Path folder;

    @Test
    void theAdaptedWeightIsRoundedOnce() {
        float[] exact = read(ADAPTED, null);
        float[] rounded = exact.clone();
        FloatCodec codec = FloatCodec.of(DType.BF16);
        MemorySegment bytes = MemorySegment.ofArray(new byte[2 * exact.length]);
        codec.encode(exact, 0, exact.length, bytes, 0);
        codec.decode(bytes, 0, rounded, 0, exact.length);
        assertFalse(Arrays.equals(exact, rounded), "the test needs a weight that is not representable");
        assertArrayEquals(rounded, read(ADAPTED, DType.BF16));
    }

    @Test
    void aModelWithoutAdapterIsLeftAlone() {
        ModelReference plain = ModelReference.of("llama2/base");
        assertArrayEquals(read(plain, null), read(plain, DType.F16));
    }

    @Test
    void theModelTakesTheType() {
        try (ModelStore store = store(DType.F32)) {
            assertEquals(DType.F32, store.open(ADAPTED).source(TENSOR).info().dtype());
        }
    }

    private float[] read(ModelReference model, DType type) {
        try (ModelStore store = store(type)) {
            TensorSource source = store.open(model).source(TENSOR);
            float[] values = new float[(int) source.info().shape().elements()];
            source.read(0, values, values.length);
            return values;
        }
    }

    private ModelStore store(DType type) {
        Path models = Path.of("..", "models").toAbsolutePath().normalize();
        return new ModelStore(new ModelLocator(List.of(models), new HubCache(folder)), type);
    }

    @Test
    void whatIsComputedIsRoundedToATypeThatItsFileHasAlready() {
        try (ModelStore store = store(null)) {
            TensorSource adapted = store.open(ADAPTED).source(TENSOR);
            assertEquals(DType.BF16, adapted.info().dtype());
            TensorSource rounded = RoundedSource.of(adapted, DType.BF16);
            float[] values = new float[(int) adapted.info().shape().elements()];
            rounded.read(0, values, values.length);
            assertArrayEquals(read(ADAPTED, DType.BF16), values);
            assertSame(rounded, RoundedSource.of(rounded, DType.BF16));
            TensorSource stored = store.open(ModelReference.of("llama2/base")).source(TENSOR);
            assertSame(stored, RoundedSource.of(stored, DType.BF16));
        }
    }
}
