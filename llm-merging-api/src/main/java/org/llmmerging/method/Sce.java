package org.llmmerging.method;

import java.util.Arrays;
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
import org.llmmerging.tensor.FloatKernels;
import org.llmmerging.tensor.MergeKernels;

/**
 * SCE of FuseChat-3 (Wan et al. 2024): select the elements in which the task vectors vary most, calculate each model's
 * weight as the mean square of what is left of its task vector, erase what goes against the elected sign, and average.
 */
public final class Sce implements MergeMethod {
    private static final double SMALLEST_SUM = 1e-6;
    private static final double SMALLEST_DIVISOR = 1e-6;

    @Override
    public String name() {
        return "sce";
    }

    @Override
    public String summary() {
        return "select varying elements, weigh by mean square, erase minority signs (Wan et al. 2024)";
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(Paper.arxiv("FuseChat", "2408.07990"));
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(
                ParameterSpec.global("select_topk").withDefault(1).within(0, Double.POSITIVE_INFINITY).describedAs(
                        "share of the varying elements, those that vary most between the models, that is merged"),
                TaskVectorMethod.int8Mask());
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
        ElementMask mask = selected(inputs, (float) parameters.number("select_topk"));
        double[] weights = weights(inputs, mask);
        return block -> {
            float[][] models = VarianceMask.models(block);
            forEachTile(block, mask, (kept, from, length) -> MergeKernels.instance().mergeVoted(
                    block.base(), models, kept, weights, SMALLEST_DIVISOR, from, length, block.output()));
        };
    }

    private static ElementMask selected(TensorInputs inputs, float share) {
        if (share >= 1) {
            return ElementMask.EVERYTHING;
        }
        long varying = inputs.count(1, Sce::countVarying)[0];
        // The product is rounded to float32, as the method's users know it.
        long count = (long) (varying * share);
        return new VarianceMask(new MagnitudeSelection(inputs, VarianceMask.VARIANCES)
                .select(List.of(new MagnitudeSelection.Query(0, count)))[0]);
    }

    private static void countVarying(Block chunk, long[] counts) {
        float[] variances = new float[Tiles.SIZE];
        Tiles.forEach(chunk.length(), (from, length) -> {
            VarianceMask.VARIANCES.fill(chunk, 0, from, length, variances);
            for (int i = 0; i < length; i++) {
                counts[0] += variances[i] > 0 ? 1 : 0;
            }
        });
    }

    /** Mean squares of the selected task vectors, divided by their sum; equal ones when it is next to nothing. */
    private static double[] weights(TensorInputs inputs, ElementMask mask) {
        int models = inputs.modelCount();
        double[] weights = inputs.sum(models, (chunk, sums) -> forEachTile(chunk, mask, (kept, from, length) -> {
            for (int m = 0; m < models; m++) {
                sums[m] += FloatKernels.instance().sumOfSquares(chunk.model(m), chunk.base(), kept, from, length);
            }
        }));
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

    /** A run of elements, and which of them are selected. */
    @FunctionalInterface
    private interface MaskedTile {
        void accept(long[] kept, int from, int length);
    }

    private static void forEachTile(Block block, ElementMask mask, MaskedTile action) {
        ElementMask.Reader reader = mask.reader();
        long[] kept = new long[Tiles.maskWords(Tiles.SIZE)];
        Tiles.forEach(block.length(), (from, length) -> {
            reader.fill(block, 0, from, length, kept);
            action.accept(kept, from, length);
        });
    }
}
