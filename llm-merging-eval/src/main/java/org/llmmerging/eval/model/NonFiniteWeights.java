package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;

/** Says where NaN logits come from. */
final class NonFiniteWeights {
    private static final String IN_FLOAT32 = "Run it in float32, with --device cpu";

    private NonFiniteWeights() {}

    /** The failure to throw: it names the first weight that holds a NaN or an infinity. Reads every weight. */
    static ModelRunException failure(LanguageModel model) {
        ModelConfig config = model.config();
        boolean half = model.weights().get(config.embeddingName()).getDataType() == DataType.FLOAT16;
        List<String> names = new ArrayList<>(config.tensorShapes().keySet());
        names.add(config.headName());
        for (String name : names) {
            if (model.weights().contains(name) && !isFinite(model.weights().get(name))) {
                return new ModelRunException(
                        config.folder(),
                        "the logits are NaN because tensor " + name + " holds a NaN or an infinity"
                                + (half
                                        ? " in float16, which accelerators run in. " + IN_FLOAT32
                                                + ", and merge again from sound inputs if that fails, too"
                                        : ". Merge again from sound inputs"));
            }
        }
        return new ModelRunException(
                config.folder(),
                "the logits are NaN though every weight is finite: a sum overflowed"
                        + (half
                                ? " float16, which accelerators run in. " + IN_FLOAT32
                                : ". The weights are too large; merge again with smaller coefficients"));
    }

    private static boolean isFinite(NDArray weight) {
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
