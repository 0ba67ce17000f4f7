package org.llmmerging;

import java.util.List;
import java.util.Optional;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * The arithmetic of merging, by name, for any architecture. A service: list the class in
 * {@code META-INF/services/org.llmmerging.MergeMethod}, with a public no-argument constructor.
 *
 * <p>Implementations are stateless and thread-safe. A merge plans and prepares one tensor after the other on one
 * thread; the steps of a pass and the kernel run on several. What a method throws ends the merge, and nothing of it is
 * left: a {@link MergingException} is reported as it is, anything but exhausted memory as a fault of the method. So is
 * a result that is not finite where all inputs are, unless the user allows it. For a method that is easier to write on
 * whole arrays, extend {@link WholeTensorMethod}.
 */
public interface MergeMethod {

    /** What a configuration's {@code merge_method} says: lower case with underscores. */
    String name();

    /** One line for {@code ./main list}. */
    String summary();

    /** Where the method is described, for the model cards of what it merges. */
    default Optional<Paper> paper() {
        return Optional.empty();
    }

    /** Every parameter that a configuration may set. */
    List<ParameterSpec> parameters();

    /** How many models, and whether a base is needed. */
    ModelCount models();

    /**
     * The one of {@link #parameters()} that {@code parameter_lambdas} of a kit configuration stands for, if any. One
     * for each model is a coefficient of each listed model, 1/N when the configuration gives none. One for the whole
     * merge says how far a method of one model goes from its base to the model: the base is then the first of two
     * listed models, and the model the second. By default it is {@code weight} of each model, where there is one.
     */
    default Optional<ParameterSpec> lambdaParameter() {
        return parameters().stream()
                .filter(spec -> spec.name().equals("weight") && spec.scope() == ParameterSpec.Scope.PER_MODEL)
                .findFirst();
    }

    /**
     * Checks what {@link ParameterSpec} cannot say of the values for one tensor, such as that weights do not cancel
     * out. Called for every tensor before any weight is read.
     *
     * @param shape the tensor's shape
     * @param models number of models, the base not counted
     * @throws org.llmmerging.config.ConfigException saying what is wrong and the remedy; the tensor is named by the
     *     caller
     */
    default void check(Shape shape, int models, Parameters parameters) {}

    /**
     * Whether a tensor that is the same in all models comes out the same. Tensors of types that arithmetic is not
     * defined on, integers and 8-bit floats, are then copied, and else refused.
     *
     * @param models number of models, the base not counted
     */
    default boolean keepsEqualTensors(int models, Parameters parameters) {
        return true;
    }

    /**
     * Whether rows of the base that a model lacks are left out, where the user lets vocabularies of different size be
     * cut. By default they are not, and the merge is refused: a task vector has a value in each of the base's rows.
     */
    default boolean cutsBase() {
        return false;
    }

    /**
     * Whether the result is the tensor of the one model as it is. Types that hold more than float32, in which methods
     * compute, are then copied.
     */
    default boolean isCopy(Parameters parameters) {
        return false;
    }

    /** How inputs of several types are treated where the configuration sets no {@code dtype}. */
    enum MixedTypes {
        /** Nothing is rounded before the arithmetic, and the output is float32. */
        PROMOTE,
        /** Nothing is rounded before the arithmetic, and the output has the base's type. */
        WRITE_AS_BASE,
        /** Every model is rounded to the base's type, and the output has it, too. */
        ROUND_TO_BASE
    }

    /** What becomes of inputs of several types; without a base they are always promoted. */
    default MixedTypes mixedTypes() {
        return MixedTypes.PROMOTE;
    }

    /**
     * The type that is written when the configuration sets none.
     *
     * @param arithmetic the type that the inputs have been cast to, or that {@link #mixedTypes} has made of theirs
     */
    default DType outputType(DType arithmetic) {
        return arithmetic;
    }

    /**
     * The most bytes that what {@link #prepare} decides takes in memory, where that grows with the tensor: for showing
     * what a merge needs.
     *
     * @param shape the tensor's shape
     * @param models number of models, the base not counted
     */
    default long keptBytes(Shape shape, int models, Parameters parameters) {
        return 0;
    }

    /**
     * The most bytes that the kernel works in on each thread, blocks not counted, where that grows with the tensor, as
     * with kernels of {@linkplain TensorKernel#wholeRows whole rows}: for showing what a merge needs.
     *
     * @param shape the tensor's shape
     * @param models number of models, the base not counted
     */
    default long bytesPerThread(Shape shape, int models, Parameters parameters) {
        return 0;
    }

    /**
     * Decides how one tensor is merged. May pass over the inputs for statistics, through {@code inputs}.
     *
     * @param inputs the tensor in every model; not to be used after this returns
     * @param parameters values for this tensor
     * @return the blend, applied to every block afterwards
     */
    TensorKernel prepare(TensorInputs inputs, Parameters parameters);
}
