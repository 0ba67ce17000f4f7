package org.llmmerging.method;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.Paper;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;
import org.llmmerging.tensor.Shape;

/**
 * Task arithmetic and what was built on it: task vectors are sparsified, brought back to their old L1 length if
 * {@code rescale}, weighted, thinned by sign election if the method has a consensus, added up, divided by the weights
 * if {@code normalize}, and added to the base times {@code lambda}. Methods differ in sparsifier, consensus and
 * defaults only.
 *
 * <p>Without consensus {@code normalize} divides by the sum of the weights, with consensus by the sum of the weights
 * of the models that agree, element by element; a sum of zero divides by one.
 */
abstract class TaskVectorMethod implements MergeMethod {
    private static final double SMALLEST_SUM = 1e-8;

    private final String name;
    private final String summary;
    private final Sparsifier sparsifier;
    private final boolean consensus;
    private final List<ParameterSpec> parameters;

    TaskVectorMethod(String name, String summary, Sparsifier sparsifier, Consensus consensus, Defaults defaults) {
        this.name = name;
        this.summary = summary;
        this.sparsifier = sparsifier;
        this.consensus = consensus == Consensus.SIGN;
        List<ParameterSpec> specs = new ArrayList<>();
        specs.add(PerModelValues.parameter());
        specs.addAll(sparsifier.parameters());
        specs.add(ParameterSpec.flag("normalize", defaults.normalize()).describedAs(this.consensus
                ? "divide by the sum of the weights of the models that agree"
                : "divide by the sum of the weights"));
        specs.add(ParameterSpec.flag("rescale", defaults.rescale())
                .describedAs("multiply what is kept so that the sum of its magnitudes is that of the whole"));
        specs.add(ParameterSpec.global("lambda").withDefault(1)
                .describedAs("factor of the merged difference from the base"));
        specs.add(int8Mask());
        this.parameters = List.copyOf(specs);
    }

    /** Taken for compatibility: how a mask is stored makes no difference to the numbers. */
    static ParameterSpec int8Mask() {
        return ParameterSpec.flag("int8_mask", false).describedAs("taken for mergekit's sake, without effect");
    }

    /** Whether task vectors vote on the sign of each element. */
    enum Consensus {
        NONE,
        SIGN
    }

    /** What the switches are when a configuration does not say. */
    record Defaults(boolean normalize, boolean rescale) {}

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String summary() {
        return summary;
    }

    @Override
    public final Optional<Paper> paper() {
        return Optional.of(sparsifier.paper());
    }

    @Override
    public final List<ParameterSpec> parameters() {
        return parameters;
    }

    @Override
    public final MixedTypes mixedTypes() {
        return MixedTypes.ROUND_TO_BASE;
    }

    @Override
    public final ModelCount models() {
        return ModelCount.atLeast(1, ModelCount.Base.REQUIRED);
    }

    @Override
    public final void check(Shape shape, int models, Parameters values) {
        sparsifier.check(shape, models, values);
    }

    @Override
    public final long keptBytes(Shape shape, int models, Parameters values) {
        if (!thins(models, values)) {
            return 0;
        }
        long masks = values.flag("rescale") ? StoredMask.mostBytes(shape, models) : 0;
        return masks + sparsifier.keptBytes(shape, models);
    }

    @Override
    public final long bytesPerThread(Shape shape, int models, Parameters values) {
        return thins(models, values) ? sparsifier.bytesPerThread(shape) : 0;
    }

    private static boolean thins(int models, Parameters values) {
        return IntStream.range(0, models).anyMatch(model -> values.number(Sparsifier.DENSITY, model) < 1);
    }

    @Override
    public final TensorKernel prepare(TensorInputs inputs, Parameters values) {
        int models = inputs.modelCount();
        double[] weights = PerModelValues.of("weight", models, values);
        double lambda = values.number("lambda");
        boolean normalize = values.flag("normalize");
        int columns = (int) Math.min(inputs.shape().columns(), Integer.MAX_VALUE);
        L1Rescale rescale = L1Rescale.of(inputs, sparsifier.prepare(inputs, values), values.flag("rescale"));
        ElementMask mask = rescale.mask();
        double[] scales = rescale.factors();
        if (consensus) {
            return new SignConsensusKernel(mask, weights, scales, normalize, lambda, columns);
        }
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double factor = normalize && Math.abs(sum) >= SMALLEST_SUM ? lambda / sum : lambda;
        double[] coefficients = new double[models];
        boolean dense = true;
        for (int model = 0; model < models; model++) {
            coefficients[model] = factor * weights[model] * scales[model];
            dense &= mask.keepsAll(model);
        }
        return dense
                ? LinearCombination.of(Frame.TASK_VECTORS, coefficients)
                : new SparseSumKernel(mask, coefficients, columns);
    }
}
