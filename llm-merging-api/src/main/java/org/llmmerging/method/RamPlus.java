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

/**
 * Reinforced Agent Merging with what only one model changed amplified, tensor by tensor, to make up for what is
 * averaged away: by 1 + r min(ρ, α), where ρ is the number of elements that the model changed together with others over
 * the number that it alone changed.
 */
public final class RamPlus implements MergeMethod {

    @Override
    public String name() {
        return "ramplus_tl";
    }

    @Override
    public String summary() {
        return "ram, with the elements that one model alone changed amplified";
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(Ram.PAPER);
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(
                Ram.epsilon(),
                ParameterSpec.global("r").withDefault(0.1).describedAs(
                        "changes that one model alone has are multiplied by 1 + `r` · min(`alpha`, its shared changes /"
                                + " its own)"),
                ParameterSpec.global("alpha").withDefault(0.2).describedAs("see `r`"));
    }

    @Override
    public ModelCount models() {
        return ModelCount.atLeast(1, ModelCount.Base.REQUIRED);
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        double epsilon = parameters.number("epsilon");
        int models = inputs.modelCount();
        long[] counts = inputs.count(2 * models, (chunk, into) -> ChangedElements.count(chunk, epsilon, into));
        double[] factors = new double[models];
        for (int m = 0; m < models; m++) {
            long alone = counts[2 * m];
            // Without elements of its own the model's factor is never used.
            double ratio = alone == 0 ? 0 : (double) counts[2 * m + 1] / alone;
            factors[m] = 1 + parameters.number("r") * Math.max(0, Math.min(ratio, parameters.number("alpha")));
        }
        return new ChangedElements(epsilon, factors);
    }
}
