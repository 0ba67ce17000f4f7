package org.llmmerging.method;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.Paper;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;
import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.Shape;

/**
 * The point whose weighted distances to all models sum to the least, tensor by tensor, by Weiszfeld's iteration in the
 * form of Vardi and Zhang (2000), which does not stop at a model by accident. With a base the points are task vectors;
 * without one, differences from the first model; it is the same point. The iteration runs on coefficients, which sum to
 * one, so the weights are read once for it.
 */
public final class GeometricMedian implements MergeMethod {
    /** What a weight and a pull may differ by and be the same but for rounding. */
    private static final double TIE = 1e-6;

    @Override
    public String name() {
        return "geometric_median";
    }

    @Override
    public String summary() {
        return "the point closest to all models in sum, robust to outliers (Weiszfeld 1937)";
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(new Paper(
                "On the point for which the sum of the distances to n given points is minimum",
                "https://doi.org/10.1007/s10479-008-0352-z"));
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(
                ParameterSpec.perModel("weight").withDefault(1).within(0, Double.POSITIVE_INFINITY)
                        .describedAs("how much the distance to the model counts; not all 0"),
                ParameterSpec.global("max_iter").withDefault(100).within(0, Integer.MAX_VALUE).asInteger()
                        .describedAs("most rounds of the iteration"),
                ParameterSpec.global("tol").withDefault(1e-8).within(0, Double.POSITIVE_INFINITY)
                        .describedAs("the step at which the iteration ends"));
    }

    @Override
    public ModelCount models() {
        return ModelCount.atLeast(1, ModelCount.Base.OPTIONAL);
    }

    /** @throws ConfigException when all weights are zero */
    @Override
    public void check(Shape shape, int models, Parameters parameters) {
        if (Arrays.stream(PerModelValues.of("weight", models, parameters)).sum() == 0) {
            throw new ConfigException("the weights are all zero. Give at least one model a weight");
        }
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        double[] given = PerModelValues.of("weight", inputs.modelCount(), parameters);
        double sum = Arrays.stream(given).sum();
        double[] weights = Arrays.stream(given).map(weight -> weight / sum).toArray();
        int steps = parameters.integer("max_iter");
        double tolerance = parameters.number("tol");
        // Where the models lie close together, far from zero, their distances would drown in rounding.
        Frame points = inputs.hasBase() ? Frame.TASK_VECTORS : Frame.FROM_FIRST;
        double[] coefficients = coefficients(GramMatrix.of(inputs, points), weights, steps, tolerance);
        return LinearCombination.of(Frame.of(inputs), coefficients);
    }

    private static double[] coefficients(GramMatrix gram, double[] weights, int steps, double tolerance) {
        for (int i = 0; i < weights.length && steps > 0; i++) {
            if (isMedian(gram, weights, i)) {
                return at(i, weights.length);
            }
        }
        double[] point = weights.clone();
        for (int step = 0; step < steps; step++) {
            double[] next = next(gram, weights, point);
            double change = 0;
            for (int i = 0; i < point.length; i++) {
                change = Math.max(change, Math.abs(next[i] - point[i]));
            }
            point = next;
            if (change <= tolerance) {
                break;
            }
        }
        return point;
    }

    /**
     * Whether a model outweighs the pull of all others there (Vardi, Zhang 2000): the iteration would come to it only
     * slowly. On a tie, as of two models of one weight, every point between them is a median.
     */
    private static boolean isMedian(GramMatrix gram, double[] weights, int model) {
        double[] pull = new double[weights.length];
        double here = 0;
        for (int i = 0; i < weights.length; i++) {
            double[] apart = at(i, weights.length);
            apart[model] -= 1;
            double distance = gram.norm(apart);
            if (distance == 0) {
                here += weights[i];
            } else {
                pull[i] += weights[i] / distance;
                pull[model] -= weights[i] / distance;
            }
        }
        return here > (1 + TIE) * gram.norm(pull);
    }

    private static double[] at(int model, int models) {
        double[] point = new double[models];
        point[model] = 1;
        return point;
    }

    private static double[] next(GramMatrix gram, double[] weights, double[] point) {
        int models = weights.length;
        double square = gram.dot(point, point);
        double largest = 0;
        double[] distances = new double[models];
        for (int i = 0; i < models; i++) {
            distances[i] = Math.sqrt(Math.max(0, square - 2 * gram.dotWith(i, point) + gram.dot(i, i)));
            largest = Math.max(largest, gram.norm(i));
        }
        // Below this the distance is rounding: the point sits on a model.
        double touching = 1e-7 * largest;
        double pull = 0;
        double sitting = 0;
        double[] target = new double[models];
        for (int i = 0; i < models; i++) {
            if (distances[i] <= touching) {
                sitting += weights[i];
            } else {
                target[i] = weights[i] / distances[i];
                pull += target[i];
            }
        }
        if (pull == 0) {
            return point;
        }
        double[] direction = new double[models];
        for (int i = 0; i < models; i++) {
            target[i] /= pull;
            direction[i] = pull * (target[i] - point[i]);
        }
        double force = gram.norm(direction);
        double stay = sitting == 0 ? 0 : force == 0 ? 1 : Math.min(1, sitting / force);
        double[] next = Arrays.copyOf(target, models);
        for (int i = 0; i < models; i++) {
            next[i] = (1 - stay) * target[i] + stay * point[i];
        }
        return next;
    }
}
