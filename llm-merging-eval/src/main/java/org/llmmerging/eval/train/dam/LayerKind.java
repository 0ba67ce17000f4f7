package org.llmmerging.eval.train.dam;

import org.llmmerging.eval.model.ModelConfig;
import org.llmmerging.tensor.Shape;

/** What kind of layer a tensor belongs to, which decides how many coefficients it has for each model. */
public enum LayerKind {
    /** The weight of a linear layer, {@code [out, in]}: a coefficient for each input column. */
    LINEAR,
    /** The bias of a linear layer: one coefficient. */
    BIAS,
    /** A table of vectors, {@code [rows, width]}: a coefficient for each column. */
    EMBEDDING,
    /** The weight of a norm: a coefficient for each element. */
    NORM;

    /** The kind of a model's tensor, read off its name and shape. */
    static LayerKind of(ModelConfig config, String tensor, Shape shape) {
        if (shape.rank() == 1) {
            return tensor.endsWith(".bias") ? BIAS : NORM;
        }
        boolean table = tensor.equals(config.embeddingName()) || tensor.endsWith("relative_attention_bias.weight");
        return table ? EMBEDDING : LINEAR;
    }

    /** Number of coefficients of one model. */
    int coefficients(Shape shape) {
        return this == BIAS ? 1 : Math.toIntExact(shape.columns());
    }
}
