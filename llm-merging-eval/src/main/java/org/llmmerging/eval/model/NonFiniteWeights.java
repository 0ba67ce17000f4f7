package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds weights that hold a NaN or an infinity. */
public final class NonFiniteWeights {
    private static final String IN_FLOAT32 = "Run it in float32, with --device cpu";

    private NonFiniteWeights() {}

    /** The name of the first weight that holds a NaN or an infinity, if any does. Reads every weight. */
    public static Optional<String> first(LanguageModel model) {
        ModelConfig config = model.config();
        return Stream.concat(config.tensorShapes().keySet().stream(), Stream.of(config.headName()))
                .filter(model.weights()::contains)
                .filter(name -> !isFinite(model.weights().get(name)))
                .findFirst();
    }

    /** The failure to throw where logits are not finite: it names the {@link #first} such weight. */
    static ModelRunException failure(LanguageModel model) {
        ModelConfig config = model.config();
        boolean half = model.weights().get(config.embeddingName()).getDataType() == DataType.FLOAT16;
        Optional<String> first = first(model);
        if (first.isPresent()) {
            return new ModelRunException(
                    config.folder(),
                    "the logits are NaN or infinite because tensor " + first.get() + " holds a NaN or an infinity"
                            + (half
                                    ? " in float16, which accelerators run in. " + IN_FLOAT32
                                            + ", and merge again from sound inputs if that fails, too"
                                    : ". Merge again from sound inputs"));
        }
        return new ModelRunException(
                config.folder(),
                "the logits are NaN or infinite though every weight is finite: a sum overflowed"
                        + (half
                                ? " float16, which accelerators run in. " + IN_FLOAT32
                                : ". The weights are too large; merge again with smaller coefficients"));
    }

    /** Whether no element is a NaN or an infinity. */
    public static boolean isFinite(NDArray weight) {
        NDArray sum = Layers.scoped(() -> {
            NDArray wide = Layers.wide(weight);
            // x − x is 0 for a finite x only.
            return wide.sub(wide).sum();
        });
        try (sum) {
            return sum.getFloat() == 0;
        }
    }
}
