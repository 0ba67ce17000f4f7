package org.llmmerging.eval.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.ParameterSpec.Scope;

/** A configuration to start from: as few models as show what the method does, and every parameter at its level. */
final class MethodExample {
    private static final int USUAL_MODELS = 2;

    private final String name;
    private final MergeMethod method;

    /** @param name what {@code merge_method} says */
    MethodExample(String name, MergeMethod method) {
        this.name = name;
        this.method = method;
    }

    /** The YAML text, whose models are {@code path/to/base}, {@code path/to/model1} and so on. */
    String yaml() {
        ModelCount count = method.models();
        StringBuilder text = new StringBuilder("merge_method: ").append(name).append('\n');
        if (count.base() != ModelCount.Base.MEMBER) {
            text.append("base_model: path/to/base");
            text.append(count.base() == ModelCount.Base.OPTIONAL ? "  # may be left out\n" : "\n");
        }
        String ofModel = parameters(Scope.PER_MODEL);
        text.append("models:\n");
        int models = Math.clamp(USUAL_MODELS, count.minimum(), count.maximum());
        for (int model = 1; model <= models; model++) {
            text.append("  - model: path/to/model").append(model).append('\n');
            text.append(ofModel.isEmpty() ? "" : "    parameters: " + ofModel + "\n");
        }
        String ofMerge = parameters(Scope.GLOBAL);
        text.append(ofMerge.isEmpty() ? "" : "parameters: " + ofMerge + "\n");
        return text.append("dtype: bfloat16\n").toString();
    }

    private String parameters(Scope scope) {
        List<ParameterSpec> specs = method.parameters().stream().filter(spec -> spec.scope() == scope).toList();
        return specs.isEmpty()
                ? ""
                : specs.stream()
                        .map(spec -> spec.name() + ": " + spec.shown(value(spec)))
                        .collect(Collectors.joining(", ", "{", "}"));
    }

    /** The default, or for a parameter that must be given some value that is allowed. */
    private static double value(ParameterSpec spec) {
        Double byDefault = spec.defaultValue();
        double usual = spec.type() == ParameterSpec.Type.NUMBER ? 0.5 : 1;
        return byDefault == null ? Math.clamp(usual, spec.minimum(), spec.maximum()) : byDefault;
    }
}
