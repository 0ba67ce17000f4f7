package org.llmmerging.merge;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.llmmerging.ParameterSpec.Scope;
import org.llmmerging.checkpoint.ShardPlan;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.config.MergeConfig;

/**
 * What one merge reads, needs and writes, for showing.
 *
 * @param name the stage's name, or null for a result without one
 * @param method the merge method
 * @param finished whether an earlier run left this stage, so that it is not merged again
 * @param models what is read for each model by one pass over the inputs, the base first
 * @param tensorCount number of tensors written
 * @param readBytes bytes of weights that one pass over the inputs reads; a layer used twice counts twice
 * @param writtenBytes bytes of weights that are written
 * @param elementsByType number of elements written, by type
 * @param weightFiles number of weight files
 * @param memory what is needed beside the mapped inputs
 * @param notes what is allowed or assumed
 * @param tensors every tensor with its parameters, by name
 */
public record PlanReport(
        @Nullable String name,
        String method,
        boolean finished,
        List<Model> models,
        int tensorCount,
        long readBytes,
        long writtenBytes,
        Map<String, Long> elementsByType,
        int weightFiles,
        MemoryEstimate memory,
        List<String> notes,
        List<Tensor> tensors) {

    /** Bytes of weights that one pass reads for one model, rows that others lend it included. */
    public record Model(String model, long bytes) {}

    /**
     * One tensor of the output.
     *
     * @param method what makes it: the merge method, or {@code copy}
     * @param parameters those that hold for all models, by name
     * @param inputs where it comes from
     */
    public record Tensor(
            String name, String type, String shape, String method, Map<String, Double> parameters,
            List<Input> inputs) {}

    /**
     * One model's part in a tensor.
     *
     * @param base whether the others are seen from it
     * @param tensor the tensor's name in that model
     * @param type as stored, or as rounded to before the arithmetic
     */
    public record Input(String model, boolean base, String tensor, String type, Map<String, Double> parameters) {}

    static PlanReport of(MergeConfig config, MergePlan plan, boolean finished, MergeOptions options) {
        Map<String, Long> byModel = new LinkedHashMap<>();
        Map<String, Long> byType = new TreeMap<>();
        for (PlannedTensor tensor : plan.tensors()) {
            for (TensorSource source : tensor.sources().all()) {
                byModel.merge(source.model(), source.storedBytes(), Long::sum);
            }
            TensorInfo output = tensor.output();
            byType.merge(output.dtype().torchName(), output.shape().elements(), Long::sum);
        }
        List<TensorInfo> outputs = plan.tensors().stream().map(PlannedTensor::output).toList();
        return new PlanReport(
                config.name(),
                plan.method().name(),
                finished,
                byModel.entrySet().stream().map(entry -> new Model(entry.getKey(), entry.getValue())).toList(),
                plan.tensors().size(),
                byModel.values().stream().mapToLong(Long::longValue).sum(),
                plan.outputBytes(),
                byType,
                ShardPlan.of(outputs, options.maxShardBytes()).size(),
                MemoryEstimate.of(plan, options.threads()),
                plan.notes(),
                described(plan.tensors()));
    }

    /** This report with some of its tensors only. */
    public PlanReport showing(List<Tensor> shown) {
        return new PlanReport(
                name, method, finished, models, tensorCount, readBytes, writtenBytes, elementsByType, weightFiles,
                memory, notes, shown);
    }

    /** Made when they are asked for: of tens of thousands, few are shown. */
    private static List<Tensor> described(List<PlannedTensor> planned) {
        return new AbstractList<>() {
            @Override
            public Tensor get(int index) {
                return tensor(planned.get(index));
            }

            @Override
            public int size() {
                return planned.size();
            }
        };
    }

    private static Tensor tensor(PlannedTensor planned) {
        MergeMethod method = planned.method();
        List<Input> inputs = new ArrayList<>();
        TensorSource base = planned.sources().base();
        if (base != null) {
            inputs.add(input(base, true, Map.of()));
        }
        List<TensorSource> models = planned.sources().models();
        for (int i = 0; i < models.size(); i++) {
            int model = i;
            inputs.add(input(models.get(i), false, parameters(
                    method, Scope.PER_MODEL, name -> planned.parameters().number(name, model))));
        }
        TensorInfo output = planned.output();
        return new Tensor(
                output.name(),
                output.dtype().torchName(),
                output.shape().toString(),
                method == null ? "copy" : method.name(),
                parameters(method, Scope.GLOBAL, planned.parameters()::number),
                inputs);
    }

    private static Map<String, Double> parameters(
            @Nullable MergeMethod method, Scope scope, ToDoubleFunction<String> value) {
        Map<String, Double> values = new LinkedHashMap<>();
        if (method != null) {
            method.parameters().stream()
                    .filter(spec -> spec.scope() == scope)
                    .forEach(spec -> values.put(spec.name(), value.applyAsDouble(spec.name())));
        }
        return values;
    }

    private static Input input(TensorSource source, boolean base, Map<String, Double> own) {
        TensorInfo info = source.info();
        return new Input(source.model(), base, info.name(), info.dtype().torchName(), own);
    }
}
