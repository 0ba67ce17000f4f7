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
import org.llmmerging.tensor.Shape;

/**
 * Spherical interpolation of two models, or of their task vectors when there is a base, at t = w₂/(w₁ + w₂). The angle
 * is taken over the whole tensor ({@code nuslerp_flatten}), over each row, or over each column
 * ({@code nuslerp_row_wise}, whose name counts the other way). Vectors on one line are interpolated linearly.
 */
public final class NuSlerp implements MergeMethod {
    private static final double SMALLEST_SUM = 1e-6;
    private static final double SMALLEST_NORM = 1e-7;
    private static final double SMALLEST_SINE = 1e-8;

    @Override
    public String name() {
        return "nuslerp";
    }

    @Override
    public String summary() {
        return "spherical interpolation of two models or task vectors, by tensor, row or column";
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(Slerp.PAPER);
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(
                PerModelValues.parameter(),
                ParameterSpec.flag("nuslerp_flatten", true).describedAs("take the angle over the whole tensor"),
                ParameterSpec.flag("nuslerp_row_wise", false)
                        .describedAs("without `nuslerp_flatten`: take it over each column, not over each row"));
    }

    @Override
    public ModelCount models() {
        return ModelCount.exactly(2, ModelCount.Base.OPTIONAL);
    }

    @Override
    public void check(Shape shape, int models, Parameters parameters) {
        if (parameters.flag("nuslerp_flatten")) {
            return;
        }
        if (parameters.flag("nuslerp_row_wise")) {
            SpanKernels.checkColumns(shape, models);
        } else {
            WholeRows.check(shape);
        }
    }

    @Override
    public long keptBytes(Shape shape, int models, Parameters parameters) {
        if (parameters.flag("nuslerp_flatten")) {
            return 0;
        }
        return parameters.flag("nuslerp_row_wise")
                ? SpanKernels.columnBytes(shape, models)
                : SpanKernels.rowBytes(shape, models);
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        double first = parameters.number("weight", 0);
        double second = parameters.number("weight", 1);
        double sum = first + second;
        double t = Math.abs(sum) < SMALLEST_SUM ? 0.5 : second / sum;
        Frame frame = Frame.of(inputs);
        if (parameters.flag("nuslerp_flatten")) {
            return SpanKernels.perTensor(inputs, frame, gram -> coefficients(gram, t));
        }
        return parameters.flag("nuslerp_row_wise")
                ? SpanKernels.perColumn(inputs, frame, gram -> coefficients(gram, t))
                : SpanKernels.perRow(inputs, frame, gram -> coefficients(gram, t));
    }

    private static double[] coefficients(GramMatrix gram, double t) {
        double angle = Math.acos(gram.cosine(0, 1, SMALLEST_NORM));
        double sine = Math.sin(angle);
        // The sine of the float64 nearest to π is 1.2e-16, so opposite vectors fall under this too.
        if (Math.abs(sine) < SMALLEST_SINE) {
            return new double[] {1 - t, t};
        }
        return new double[] {Math.sin((1 - t) * angle) / sine, Math.sin(t * angle) / sine};
    }
}
