package org.llmmerging;

import java.util.List;

/**
 * The arithmetic of merging, by name, for any architecture. A service: list the class in
 * {@code META-INF/services/org.llmmerging.MergeMethod}, with a public no-argument constructor.
 *
 * <p>Implementations are stateless and thread-safe. For a method that is easier to write on whole arrays, extend
 * {@link WholeTensorMethod}.
 */
public interface MergeMethod {

    /** What a configuration's {@code merge_method} says: lower case with underscores. */
    String name();

    /** One line for {@code ./main list}. */
    String summary();

    /** Every parameter that a configuration may set. */
    List<ParameterSpec> parameters();

    /** How many models, and whether a base is needed. */
    ModelCount models();

    /**
     * Decides how one tensor is merged. May pass over the inputs for statistics, through {@code inputs}.
     *
     * @param inputs the tensor in every model; not to be used after this returns
     * @param parameters values for this tensor
     * @return the blend, applied to every block afterwards
     */
    TensorKernel prepare(TensorInputs inputs, Parameters parameters);
}
