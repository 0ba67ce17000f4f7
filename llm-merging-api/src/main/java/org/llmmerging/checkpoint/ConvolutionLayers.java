package org.llmmerging.checkpoint;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.llmmerging.tensor.Shape;

/**
 * The layers of GPT-2, and of what is built like it, that transformers calls Conv1D. Their weights are [in, out], but
 * other models have linear layers of the same names, which are [out, in], and one model may have both.
 *
 * <p>An adapter's {@code fan_in_fan_out} does not tell: PEFT goes by each layer's class, and saves what it set for the
 * last one, which is false when the output head was adapted, too.
 */
final class ConvolutionLayers {
    private static final String WEIGHT = ".weight";
    private static final Pattern NAME = Pattern.compile("(.*\\.)?(c_attn|q_attn|c_proj|c_fc)");

    /** Whether a layer is stored fan-in first, by name, where its bias tells its outputs from its inputs. */
    private final SortedMap<String, Boolean> shown = new TreeMap<>();

    /** Those that a base shows. */
    ConvolutionLayers(SortedMap<String, TensorInfo> base) {
        for (TensorInfo weight : base.values()) {
            String name = weight.name();
            Shape shape = weight.shape();
            if (shape.rank() != 2 || shape.dimension(0) == shape.dimension(1) || !name.endsWith(WEIGHT)) {
                continue;
            }
            String module = name.substring(0, name.length() - WEIGHT.length());
            TensorInfo bias = base.get(module + ".bias");
            if (bias == null || bias.shape().rank() != 1 || !NAME.matcher(module).matches()) {
                continue;
            }
            long outputs = bias.shape().dimension(0);
            if (outputs == shape.dimension(0) || outputs == shape.dimension(1)) {
                shown.put(module, outputs == shape.dimension(1));
            }
        }
    }

    /** Whether a module's weight is stored fan-in first: as the adapter says, where the base does not show it. */
    boolean isFanInFirst(LoraModule module) {
        if (module.isEmbedding()) {
            return true;
        }
        if (!NAME.matcher(module.name()).matches()) {
            // What has another name beside such layers is linear.
            return module.transposed() && !shown.containsValue(true);
        }
        return nearest(module.name()).orElse(module.transposed());
    }

    /** What is shown by the layer that has most of a module's name in common: the block, or at least the stack. */
    private Optional<Boolean> nearest(String module) {
        Boolean nearest = null;
        int most = 0;
        for (SortedMap.Entry<String, Boolean> layer : shown.entrySet()) {
            int shared = shared(layer.getKey().split("\\."), module.split("\\."));
            if (shared > most) {
                most = shared;
                nearest = layer.getValue();
            }
        }
        return Optional.ofNullable(nearest);
    }

    private static int shared(String[] one, String[] other) {
        int shared = 0;
        while (shared < one.length && shared < other.length && one[shared].equals(other[shared])) {
            shared++;
        }
        return shared;
    }
}
