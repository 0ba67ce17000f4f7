package org.llmmerging.method;

import java.util.List;
import org.llmmerging.Block;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;

/**
 * Moves each element of the base towards the model the more, the closer the two are: by the share
 * t / |difference|, from 0 to 1, differences below 10⁻⁶ counting as that.
 */
public final class NearSwap implements MergeMethod {
    private static final double SMALLEST_DIFFERENCE = 1e-6;

    @Override
    public String name() {
        return "nearswap";
    }

    @Override
    public String summary() {
        return "the base, moved to the model where the two are close";
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(ParameterSpec.global("t")
                .within(ParameterSpec.ABOVE_ZERO, Double.POSITIVE_INFINITY)
                .describedAs("the difference up to which an element goes all the way"));
    }

    @Override
    public MixedTypes mixedTypes() {
        return MixedTypes.WRITE_AS_BASE;
    }

    @Override
    public boolean cutsBase() {
        return true;
    }

    @Override
    public ModelCount models() {
        return ModelCount.exactly(1, ModelCount.Base.REQUIRED);
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        double t = parameters.number("t");
        return block -> apply(block, t);
    }

    private static void apply(Block block, double t) {
        float[] base = block.base();
        float[] model = block.model(0);
        float[] output = block.output();
        for (int i = 0; i < block.length(); i++) {
            double difference = (double) model[i] - base[i];
            double share = t / Math.max(Math.abs(difference), SMALLEST_DIFFERENCE);
            output[i] = (float) (base[i] + Math.max(0.0, Math.min(1.0, share)) * difference);
        }
    }
}
