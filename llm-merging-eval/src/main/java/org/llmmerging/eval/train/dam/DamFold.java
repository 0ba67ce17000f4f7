package org.llmmerging.eval.train.dam;

import java.util.List;
import java.util.Optional;
import org.llmmerging.Block;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.Paper;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;

/**
 * Folds coefficients into weights, block by block: Σ f(cᵢ) ⊙ Wᵢ, in float64 and rounded once. What has no coefficients
 * is the base's. Thread-safe.
 */
final class DamFold implements MergeMethod {
    static final String NAME = "dam";

    private final Coefficients coefficients;
    private final NonLinearity nonLinearity;

    DamFold(Coefficients coefficients, NonLinearity nonLinearity) {
        this.coefficients = coefficients;
        this.nonLinearity = nonLinearity;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String summary() {
        return "coefficients for each input column, learned by gradient descent (DAM, arXiv 2410.08371)";
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(Paper.arxiv("Differentiable Adaptive Merging (DAM)", "2410.08371"));
    }

    /** Those of the training, which has taken place when this is asked for its blend. */
    @Override
    public List<ParameterSpec> parameters() {
        return KitTraining.SPECS;
    }

    @Override
    public ModelCount models() {
        return ModelCount.atLeast(1, ModelCount.Base.REQUIRED);
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        String tensor = inputs.tensorName();
        if (!coefficients.values().containsKey(tensor)) {
            return block -> System.arraycopy(block.base(), 0, block.output(), 0, block.length());
        }
        float[] values = coefficients.of(tensor);
        double[] factors = new double[values.length];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = nonLinearity.apply((double) values[i]);
        }
        int columns = values.length / coefficients.models();
        return block -> fold(block, factors, columns);
    }

    /** A tensor's columns follow each other in memory, so that an element's column is its index modulo their number. */
    private void fold(Block block, double[] factors, int columns) {
        int models = coefficients.models();
        int column = (int) (block.offset() % columns);
        for (int i = 0; i < block.length(); i++) {
            double sum = 0;
            for (int model = 0; model < models; model++) {
                float[] weights = model < block.modelCount() ? block.model(model) : block.base();
                sum += factors[model * columns + column] * weights[i];
            }
            block.output()[i] = (float) sum;
            column = column + 1 == columns ? 0 : column + 1;
        }
    }
}
