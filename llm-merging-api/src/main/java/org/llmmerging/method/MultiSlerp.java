package org.llmmerging.method;

import java.util.List;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;
import org.llmmerging.tensor.Shape;

/**
 * Barycentric interpolation on the sphere, of models or, when there is a base, of task vectors: the weighted mean
 * direction at the weighted mean length. The step in the tangent space at the mean direction, which the method is
 * described with, sums to zero there, and only its length, {@code eps}, is left of it. Directions that cancel out are
 * averaged linearly.
 */
public final class MultiSlerp implements MergeMethod {

    @Override
    public String name() {
        return "multislerp";
    }

    @Override
    public String summary() {
        return "weighted mean direction of models or task vectors, at their mean length";
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(
                PerModelValues.parameter(),
                ParameterSpec.flag("normalize_weights", true).describedAs("divide the weights by their sum"),
                ParameterSpec.global("eps").withDefault(1e-8).within(0, Double.POSITIVE_INFINITY)
                        .describedAs("length below which the mean direction counts as none"));
    }

    @Override
    public ModelCount models() {
        return ModelCount.atLeast(1, ModelCount.Base.OPTIONAL);
    }

    @Override
    public void check(Shape shape, int models, Parameters parameters) {
        if (models > 1) {
            weights(models, parameters);
        }
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        Frame frame = Frame.of(inputs);
        if (inputs.modelCount() == 1) {
            return LinearCombination.of(frame, new double[] {1});
        }
        double[] weights = weights(inputs.modelCount(), parameters);
        double eps = parameters.number("eps");
        return SpanKernels.perTensor(inputs, frame, gram -> coefficients(gram, weights, eps));
    }

    private double[] weights(int models, Parameters parameters) {
        double[] weights = PerModelValues.of("weight", models, parameters);
        if (parameters.flag("normalize_weights")) {
            PerModelValues.normalize(weights, name(), "normalize_weights");
        }
        return weights;
    }

    private static double[] coefficients(GramMatrix gram, double[] weights, double eps) {
        double[] direction = new double[weights.length];
        double length = 0;
        for (int i = 0; i < weights.length; i++) {
            double norm = gram.norm(i);
            direction[i] = norm == 0 ? 0 : weights[i] / (norm + eps);
            length += weights[i] * norm;
        }
        double norm = gram.norm(direction);
        if (norm == 0 || norm < eps) {
            return weights;
        }
        for (int i = 0; i < weights.length; i++) {
            direction[i] *= length * Math.cos(eps) / norm;
        }
        return direction;
    }
}
