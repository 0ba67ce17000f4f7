package org.llmmerging.method;

import java.util.List;
import java.util.Optional;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.Paper;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;

/**
 * Karcher mean of the models' directions on the sphere (Karcher 1977), at the mean of their lengths. The iteration
 * runs on the coefficients of the unit vectors, so the weights are read once for it however many steps it takes.
 */
public final class Karcher implements MergeMethod {

    @Override
    public String name() {
        return "karcher";
    }

    @Override
    public String summary() {
        return "Karcher mean of the models' directions, at their mean length (Karcher 1977)";
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(new Paper(
                "Riemannian center of mass and mollifier smoothing", "https://doi.org/10.1002/cpa.3160300502"));
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(
                ParameterSpec.global("max_iter").withDefault(10).within(0, Integer.MAX_VALUE).asInteger()
                        .describedAs("most rounds of the iteration"),
                ParameterSpec.global("tol").withDefault(1e-5).within(0, Double.POSITIVE_INFINITY)
                        .describedAs("the step at which the iteration ends"));
    }

    @Override
    public ModelCount models() {
        return ModelCount.atLeast(1, ModelCount.Base.MEMBER);
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        if (inputs.modelCount() == 1) {
            return LinearCombination.of(Frame.MODELS, new double[] {1});
        }
        int steps = parameters.integer("max_iter");
        double tolerance = parameters.number("tol");
        return SpanKernels.perTensor(
                inputs, Frame.MODELS, gram -> new SphericalMean(gram, tolerance).coefficients(steps));
    }
}
