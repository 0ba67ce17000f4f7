package org.llmmerging.eval.train.dam;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

    /** In place of a model's index. */
    private static final int BASE = -1;

    private final Coefficients coefficients;
    private final NonLinearity nonLinearity;
    private final int[] members;

    private DamFold(Coefficients coefficients, NonLinearity nonLinearity, int[] members) {
        this.coefficients = coefficients;
        this.nonLinearity = nonLinearity;
        this.members = members;
    }

    /** For a plan: nothing is learned yet. */
    static DamFold planned() {
        return new DamFold(new Coefficients(0, Map.of()), NonLinearity.NONE, new int[0]);
    }

    /** Folds the coefficients of a merge. */
    static DamFold of(DamMerge learned) {
        return new DamFold(learned.coefficients(), learned.settings().nonLinearity(), members(learned));
    }

    /** Which weights the coefficients are of: a base that is listed among the models is no further model in a plan. */
    private static int[] members(DamMerge merge) {
        int[] members = new int[merge.coefficients().models()];
        Arrays.fill(members, BASE);
        int others = 0;
        for (int i = 0; i < merge.models().size(); i++) {
            if (!merge.models().get(i).equals(merge.base())) {
                members[i] = others++;
            }
        }
        return members;
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
        float[][] weights = new float[members.length][];
        for (int model = 0; model < members.length; model++) {
            weights[model] = members[model] == BASE ? block.base() : block.model(members[model]);
        }
        int column = (int) (block.offset() % columns);
        for (int i = 0; i < block.length(); i++) {
            double sum = 0;
            for (int model = 0; model < weights.length; model++) {
                sum += factors[model * columns + column] * weights[model][i];
            }
            block.output()[i] = (float) sum;
            column = column + 1 == columns ? 0 : column + 1;
        }
    }
}
