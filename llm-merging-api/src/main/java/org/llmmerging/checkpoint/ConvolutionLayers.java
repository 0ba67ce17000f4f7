package org.llmmerging.checkpoint;

import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;
import org.llmmerging.tensor.Shape;

/**
 * The layers of GPT-2, and of what is built like it, that transformers calls Conv1D. Their weights are [in, out], but
 * other models have linear layers of the same names, which are [out, in].
 *
 * <p>An adapter's {@code fan_in_fan_out} does not tell: PEFT goes by each layer's class, and saves what it set for the
 * last one, which is false when the output head was adapted, too.
 */
final class ConvolutionLayers {
    private static final String WEIGHT = ".weight";
    private static final Pattern NAME = Pattern.compile("(.*\\.)?(c_attn|q_attn|c_proj|c_fc)");

    private ConvolutionLayers() {}

    /** Whether a module's name is that of such a layer. */
    static boolean contains(String module) {
        return NAME.matcher(module).matches();
    }

    /**
     * Whether a base stores them fan-in first, by the first whose bias tells its outputs from its inputs; empty when
     * none does.
     */
    static Optional<Boolean> areFanInFirst(SortedMap<String, TensorInfo> base) {
        for (TensorInfo weight : base.values()) {
            String name = weight.name();
            Shape shape = weight.shape();
            if (shape.rank() != 2 || shape.dimension(0) == shape.dimension(1) || !name.endsWith(WEIGHT)) {
                continue;
            }
            String module = name.substring(0, name.length() - WEIGHT.length());
            TensorInfo bias = base.get(module + ".bias");
            if (bias != null && contains(module)) {
                return Optional.of(bias.shape().equals(Shape.of(shape.dimension(1))));
            }
        }
        return Optional.empty();
    }
}
