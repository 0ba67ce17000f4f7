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
import org.llmmerging.tensor.Shape;

/**
 * Model Stock (Jang, Yun, Han, ECCV 2024): base + t (mean − base) with t = N cos θ / (1 + (N − 1) cos θ), where θ is
 * the angle between the N task vectors, its cosine averaged over all pairs. Task vectors that point apart so far that
 * the denominator vanishes give the base.
 */
public final class ModelStock implements MergeMethod {
    private static final double SMALLEST_PRODUCT = 1e-6;
    private static final double VANISHING = 1e-8;

    @Override
    public String name() {
        return "model_stock";
    }

    @Override
    public String summary() {
        return "base and mean of the models, weighed by the angle between task vectors (Jang et al. 2024)";
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(Paper.arxiv("Model Stock", "2403.19522"));
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(ParameterSpec.flag("filter_wise", false)
                .describedAs("take the angle for each row, not for the tensor"));
    }

    @Override
    public boolean cutsBase() {
        return true;
    }

    @Override
    public ModelCount models() {
        return ModelCount.atLeast(2, ModelCount.Base.REQUIRED);
    }

    @Override
    public void check(Shape shape, int models, Parameters parameters) {
        if (parameters.flag("filter_wise")) {
            WholeRows.check(shape);
        }
    }

    @Override
    public long keptBytes(Shape shape, int models, Parameters parameters) {
        return parameters.flag("filter_wise") ? SpanKernels.rowBytes(shape, models) : 0;
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        return parameters.flag("filter_wise")
                ? SpanKernels.perRow(inputs, Frame.TASK_VECTORS, ModelStock::coefficients)
                : SpanKernels.perTensor(inputs, Frame.TASK_VECTORS, ModelStock::coefficients);
    }

    private static double[] coefficients(GramMatrix gram) {
        int models = gram.size();
        double cosines = 0;
        for (int i = 0; i < models; i++) {
            for (int j = 0; j < i; j++) {
                cosines += gram.dot(i, j) / Math.max(gram.norm(i) * gram.norm(j), SMALLEST_PRODUCT);
            }
        }
        double cosine = cosines / (models * (models - 1) / 2.0);
        double denominator = 1 + (models - 1) * cosine;
        double t = Math.abs(denominator) < VANISHING ? 0 : models * cosine / denominator;
        double[] coefficients = new double[models];
        Arrays.fill(coefficients, t / models);
        return coefficients;
    }
}
