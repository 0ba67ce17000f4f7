package org.llmmerging.method;

import java.util.List;
import java.util.Optional;
import java.util.stream.DoubleStream;
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
 * Weighted average: Σ wᵢxᵢ, divided by Σ wᵢ unless {@code normalize} is off. With equal weights, a uniform model soup.
 */
public final class Linear implements MergeMethod {
    /** What a configuration calls it. */
    public static final String NAME = "linear";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String summary() {
        return "weighted average of the models; with equal weights a uniform soup (Wortsman et al. 2022)";
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(Paper.arxiv("Model soups", "2203.05482"));
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(
                PerModelValues.parameter(),
                ParameterSpec.flag("normalize", true).describedAs("divide by the sum of the weights"));
    }

    @Override
    public ModelCount models() {
        return ModelCount.atLeast(1, ModelCount.Base.MEMBER);
    }

    @Override
    public void check(Shape shape, int models, Parameters parameters) {
        weights(models, parameters);
    }

    @Override
    public boolean keepsEqualTensors(int models, Parameters parameters) {
        double sum = DoubleStream.of(PerModelValues.of("weight", models, parameters)).sum();
        return parameters.flag("normalize") || Math.abs(sum - 1) < 1e-6;
    }

    /** @throws ConfigException when the weights sum to zero and are to be normalised */
    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        return LinearCombination.of(Frame.MODELS, weights(inputs.modelCount(), parameters));
    }

    private double[] weights(int models, Parameters parameters) {
        double[] weights = PerModelValues.of("weight", models, parameters);
        if (parameters.flag("normalize")) {
            PerModelValues.normalize(weights, name(), "normalize");
        }
        return weights;
    }
}
