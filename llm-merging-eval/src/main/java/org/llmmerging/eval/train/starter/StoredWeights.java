package org.llmmerging.eval.train.starter;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.llmmerging.checkpoint.SafetensorsWriter;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;

/** Weights as the starter models store them: bfloat16. */
final class StoredWeights {
    private static final DType STORED = DType.BF16;
    private static final FloatCodec CODEC = FloatCodec.of(STORED);

    private StoredWeights() {}

    /** The values that are left after storing. */
    static float[] rounded(float[] values) {
        float[] rounded = new float[values.length];
        CODEC.decode(encode(values), 0, rounded, 0, rounded.length);
        return rounded;
    }

    /**
     * Writes {@code model.safetensors} into an existing folder.
     *
     * @param values row-major, by the names of the weights
     */
    static void write(Path folder, List<InitialWeight> weights, Map<String, float[]> values) {
        List<TensorInfo> tensors = weights.stream()
                .map(weight -> new TensorInfo(weight.name(), STORED, weight.shape()))
                .toList();
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("model.safetensors"), tensors)) {
            for (InitialWeight weight : weights) {
                MemorySegment stored = encode(values.getOrDefault(weight.name(), new float[0]));
                writer.write(weight.name(), 0, stored.asByteBuffer());
            }
            writer.finish();
        }
    }

    private static MemorySegment encode(float[] values) {
        MemorySegment stored = MemorySegment.ofBuffer(ByteBuffer.allocate(values.length * STORED.bytes()));
        CODEC.encode(values, 0, values.length, stored, 0);
        return stored;
    }
}
