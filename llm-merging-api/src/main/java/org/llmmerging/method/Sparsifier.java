package org.llmmerging.method;

import java.util.List;
import org.llmmerging.Paper;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.tensor.Shape;

/** A way of thinning out task vectors before they are added up. */
interface Sparsifier {
    /** The parameter that every sparsifier has. */
    String DENSITY = "density";

    /** Where it is described. */
    Paper paper();

    /** What a configuration may set, {@code weight} not counted. */
    List<ParameterSpec> parameters();

    /**
     * Checks the values for one tensor.
     *
     * @throws org.llmmerging.config.ConfigException saying what is wrong and the remedy
     */
    default void check(Shape shape, int models, Parameters parameters) {}

    /** Bytes of what {@link #prepare} decides, where that grows with the tensor. */
    default long keptBytes(Shape shape, int models) {
        return 0;
    }

    /** Bytes that each thread works in, blocks not counted, where that grows with the tensor. */
    default long bytesPerThread(Shape shape) {
        return 0;
    }

    /** Decides for one tensor, of all models at once; may pass over the inputs. */
    ElementMask prepare(TensorInputs inputs, Parameters parameters);

    /** The share of elements to keep, which every sparsifier has; 1 or more keeps all. */
    static ParameterSpec density() {
        return ParameterSpec.perModel(DENSITY).withDefault(1).within(0, Double.POSITIVE_INFINITY)
                .describedAs("share of the elements that is kept; 1 and more is all");
    }
}
