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

/**
 * Reinforced Agent Merging: each element's task vectors are averaged over the models that changed it, by more than
 * {@code epsilon}, and not over those that left it alone.
 */
public final class Ram implements MergeMethod {
    static final Paper PAPER = Paper.arxiv("Behavior knowledge merge in reinforced agentic models (RAM)", "2601.13572");

    @Override
    public String name() {
        return "ram";
    }

    @Override
    public String summary() {
        return "averages each element over the models that changed it";
    }

    @Override
    public Optional<Paper> paper() {
        return Optional.of(PAPER);
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(epsilon());
    }

    static ParameterSpec epsilon() {
        return ParameterSpec.global("epsilon").withDefault(1e-5).within(0, Double.POSITIVE_INFINITY)
                .describedAs("a difference from the base counts as a change when it is greater");
    }

    @Override
    public ModelCount models() {
        return ModelCount.atLeast(1, ModelCount.Base.REQUIRED);
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        double[] factors = new double[inputs.modelCount()];
        Arrays.fill(factors, 1);
        return new ChangedElements(parameters.number("epsilon"), factors);
    }
}
