package org.llmmerging.method;

import java.util.List;
import org.llmmerging.Block;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * Arcee Fusion: takes over from the model only the elements that matter most. An element's importance is its
 * difference to the base times the Kullback-Leibler divergence of its row's softmax from the base's; those at or above
 * median + 1.5 × interquartile range are taken. Divergences are float64; a quantile q of n elements is the exact one of
 * rank {@code int(q (n − 1))}, as mergekit has it.
 */
public final class ArceeFusion implements MergeMethod {
    private static final double REACH = 1.5;

    @Override
    public String name() {
        return "arcee_fusion";
    }

    @Override
    public String summary() {
        return "takes over the model's most important changes, by a threshold on the quartiles";
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of();
    }

    @Override
    public boolean cutsBase() {
        return true;
    }

    @Override
    public ModelCount models() {
        return ModelCount.exactly(1, ModelCount.Base.REQUIRED);
    }

    /** Float32 at least, as mergekit's float32 mask makes it. */
    @Override
    public DType outputType(DType arithmetic) {
        return arithmetic == DType.F64 ? DType.F64 : DType.F32;
    }

    @Override
    public void check(Shape shape, int models, Parameters parameters) {
        WholeRows.check(shape);
    }

    /** A divergence for each row. */
    @Override
    public long keptBytes(Shape shape, int models, Parameters parameters) {
        return shape.rows() * Double.BYTES;
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        if (inputs.shape().elements() == 0) {
            return LinearCombination.of(Frame.MODELS, new double[] {1});
        }
        ElementScores importance = importance(inputs);
        double threshold = threshold(inputs, importance);
        return block -> apply(block, importance, threshold);
    }

    private static ElementScores importance(TensorInputs inputs) {
        int columns = Math.toIntExact(inputs.shape().columns());
        double[] divergences = RowDivergence.ofAll(inputs);
        return (block, set, from, length, scores) -> {
            ElementScores.MAGNITUDES.fill(block, 0, from, length, scores);
            int done = 0;
            while (done < length) {
                long index = block.offset() + from + done;
                int end = (int) Math.min(length, done + columns - index % columns);
                double divergence = divergences[(int) (index / columns)];
                for (int i = done; i < end; i++) {
                    scores[i] = (float) (scores[i] * divergence);
                }
                done = end;
            }
        };
    }

    private static double threshold(TensorInputs inputs, ElementScores importance) {
        long last = inputs.shape().elements() - 1;
        long[] ranks = {last / 4, last / 2, (long) (0.75 * last)};
        float[] quartiles = new MagnitudeSelection(inputs, importance).values(0, ranks);
        return quartiles[1] + REACH * ((double) quartiles[2] - quartiles[0]);
    }

    private static void apply(Block block, ElementScores importance, double threshold) {
        float[] scores = new float[Tiles.SIZE];
        Tiles.forEach(block.length(), (from, length) -> {
            importance.fill(block, 0, from, length, scores);
            for (int i = 0; i < length; i++) {
                block.output()[from + i] = (scores[i] >= threshold ? block.model(0) : block.base())[from + i];
            }
        });
    }
}
