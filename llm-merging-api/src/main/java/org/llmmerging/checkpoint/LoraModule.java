package org.llmmerging.checkpoint;

import org.jspecify.annotations.Nullable;
import org.llmmerging.tensor.Shape;

/**
 * The factors that an adapter has for one module.
 *
 * @param name the module in the base model; its weight is {@code name + ".weight"}
 * @param a the factor [rank, in]
 * @param b the factor [out, rank]
 * @param magnitude one number for each output, when the weight is decomposed (DoRA)
 * @param transposed whether the base's weight is [in, out]: an embedding, or a layer stored fan-in first
 * @param rank columns of {@code b}
 * @param scaling what the product is multiplied by
 */
record LoraModule(String name, TensorInfo a, TensorInfo b, @Nullable TensorInfo magnitude, boolean transposed,
        int rank, double scaling) {

    /** The base's tensor that it changes. */
    String weight() {
        return name + ".weight";
    }

    /** Whether it is an embedding, whose factors PEFT names and lays out in a way of their own. */
    boolean isEmbedding() {
        return a.name().contains("lora_embedding_A");
    }

    /** The shape that the base's weight must have. */
    Shape weightShape() {
        long in = a.shape().dimension(1);
        long out = b.shape().dimension(0);
        return transposed ? Shape.of(in, out) : Shape.of(out, in);
    }

    /** Bytes of the factors in the adapter's file. */
    long bytes() {
        return a.bytes() + b.bytes() + (magnitude == null ? 0 : magnitude.bytes());
    }

    /** The same factors for a weight that is stored so. */
    LoraModule stored(boolean fanInFirst) {
        return new LoraModule(name, a, b, magnitude, fanInFirst, rank, scaling);
    }
}
