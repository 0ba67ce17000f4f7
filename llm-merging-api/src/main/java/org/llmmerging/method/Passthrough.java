package org.llmmerging.method;

import java.util.List;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;

/** One model's tensors as they are, or times {@code scale}: for stacking layers of several models. */
public final class Passthrough implements MergeMethod {

    @Override
    public String name() {
        return "passthrough";
    }

    @Override
    public String summary() {
        return "one model's tensors as they are, for stacking layers";
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(ParameterSpec.perModel("scale").withDefault(1).describedAs("factor of the tensor"));
    }

    @Override
    public ModelCount models() {
        return ModelCount.exactly(1, ModelCount.Base.MEMBER);
    }

    @Override
    public boolean keepsEqualTensors(int models, Parameters parameters) {
        return isCopy(parameters);
    }

    @Override
    public boolean isCopy(Parameters parameters) {
        return parameters.number("scale", 0) == 1;
    }

    @Override
    public TensorKernel prepare(TensorInputs inputs, Parameters parameters) {
        return LinearCombination.of(Frame.MODELS, new double[] {parameters.number("scale", 0)});
    }
}
