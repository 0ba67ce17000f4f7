package org.llmmerging.method;

import java.util.Arrays;
import java.util.List;
import org.llmmerging.Block;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;

/**
 * SCE of FuseChat-3 (Wan et al. 2024): select the elements in which the task vectors vary most, calculate each model's
 * weight as the mean square of what is left of its task vector, erase what goes against the elected sign, and average.
 */
public final class Sce implements MergeMethod {
    private static final double SMALLEST_SUM = 1e-6;

    @Override
    public String name() {
        return "sce";
    }

    @Override
    public String summary() {
        return "select varying elements, weigh by mean square, erase minority signs (Wan et al. 2024)";
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(
                ParameterSpec.global("select_topk").withDefault(1).within(0, Double.POSITIVE_INFINITY),
                ParameterSpec.flag("int8_mask", false));
    }

    @Override
    public MixedTypes mixedTypes() {
        return MixedTypes.ROUND_TO_BASE;
    }

    @Override
    public ModelCount models() {
        return ModelCount.atLeast(1, ModelCount.Base.REQUIRED);
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        MagnitudeCut selected = selected(inputs, (float) parameters.number("select_topk"));
        double[] weights = weights(inputs, selected);
        return block -> SceKernel.apply(block, selected, weights);
    }

    private static MagnitudeCut selected(TensorInputs inputs, float share) {
        if (share >= 1) {
            return MagnitudeCut.ALL;
        }
        long varying = inputs.count(1, Sce::countVarying)[0];
        // The product is rounded to float32, as the method's users know it.
        long count = (long) (varying * share);
        return new MagnitudeSelection(inputs, SceKernel::fillVariances)
                .select(List.of(new MagnitudeSelection.Query(0, count)))[0];
    }

    private static void countVarying(Block chunk, long[] counts) {
        float[] variances = new float[Tiles.SIZE];
        Tiles.forEach(chunk.length(), (from, length) -> {
            SceKernel.fillVariances(chunk, 0, from, length, variances);
            for (int i = 0; i < length; i++) {
                counts[0] += variances[i] > 0 ? 1 : 0;
            }
        });
    }

    /** Mean squares of the selected task vectors, divided by their sum; equal ones when it is next to nothing. */
    private static double[] weights(TensorInputs inputs, MagnitudeCut selected) {
        int models = inputs.modelCount();
        double[] weights = inputs.sum(models, (chunk, sums) -> SceKernel.addSquares(chunk, selected, sums));
        double sum = 0;
        for (int i = 0; i < models; i++) {
            weights[i] /= inputs.shape().elements();
            sum += weights[i];
        }
        if (sum < SMALLEST_SUM) {
            Arrays.fill(weights, 1.0 / models);
            return weights;
        }
        for (int i = 0; i < models; i++) {
            weights[i] /= sum;
        }
        return weights;
    }
}
