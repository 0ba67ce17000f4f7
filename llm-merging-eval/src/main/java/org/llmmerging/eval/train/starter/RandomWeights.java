package org.llmmerging.eval.train.starter;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.llmmerging.checkpoint.CheckpointWriter;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;

/**
 * Draws the weights of starter models and stores them as bfloat16. A value depends on the seed, the model's name, the
 * weight's name and its index only.
 */
final class RandomWeights {
    private static final DType STORED = DType.BF16;
    private static final long ONE_FILE = Long.MAX_VALUE;

    // Of a real fine-tune's change most is noise: a few elements carry it, each by a fraction of the weight's spread.
    private static final double CHANGED_SHARE = 0.2;
    private static final double CHANGE = 0.3;

    private final long seed;
    private final FloatCodec codec = FloatCodec.of(STORED);

    RandomWeights(long seed) {
        this.seed = seed;
    }

    /** Draws every weight from its distribution. */
    Map<InitialWeight, MemorySegment> initial(String model, List<InitialWeight> weights) {
        Map<InitialWeight, MemorySegment> values = new LinkedHashMap<>();
        for (InitialWeight weight : weights) {
            Random random = NamedRandom.of(seed, model + "/" + weight.name());
            float[] drawn = new float[count(weight)];
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = (float) (weight.mean() + weight.standardDeviation() * random.nextGaussian());
            }
            values.put(weight, encode(drawn));
        }
        return values;
    }

    /** Changes a fifth of a base model's elements, chosen at random, by a random amount. */
    Map<InitialWeight, MemorySegment> fineTuned(String model, Map<InitialWeight, MemorySegment> base) {
        Map<InitialWeight, MemorySegment> values = new LinkedHashMap<>();
        base.forEach((weight, stored) -> {
            Random random = NamedRandom.of(seed, model + "/" + weight.name());
            float[] changed = new float[count(weight)];
            codec.decode(stored, 0, changed, 0, changed.length);
            for (int i = 0; i < changed.length; i++) {
                if (random.nextDouble() < CHANGED_SHARE) {
                    changed[i] += (float) (CHANGE * weight.standardDeviation() * random.nextGaussian());
                }
            }
            values.put(weight, encode(changed));
        });
        return values;
    }

    /** Writes {@code model.safetensors} into an existing folder. */
    static void write(Path folder, Map<InitialWeight, MemorySegment> values) {
        List<TensorInfo> tensors = values.keySet().stream()
                .map(weight -> new TensorInfo(weight.name(), STORED, weight.shape()))
                .toList();
        try (CheckpointWriter writer = CheckpointWriter.create(folder, tensors, ONE_FILE, Map.of())) {
            values.forEach((weight, stored) -> writer.write(weight.name(), 0, stored.asByteBuffer()));
            writer.finish();
        }
    }

    private MemorySegment encode(float[] values) {
        MemorySegment stored = MemorySegment.ofBuffer(ByteBuffer.allocate(values.length * STORED.bytes()));
        codec.encode(values, 0, values.length, stored, 0);
        return stored;
    }

    private static int count(InitialWeight weight) {
        return Math.toIntExact(weight.shape().elements());
    }
}
