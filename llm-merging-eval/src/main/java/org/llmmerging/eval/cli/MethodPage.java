package org.llmmerging.eval.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.plugin.RegisteredMethod;

/** All that a configuration needs to know of one merge method. */
final class MethodPage {
    private final String name;
    private final MergeMethod method;
    private final String from;

    /** @param from what is shown of where the method comes from */
    MethodPage(RegisteredMethod registered, String from) {
        this.name = registered.name();
        this.method = registered.method();
        this.from = from;
    }

    void print(PrintWriter out) {
        out.println(name + " (" + from + "): " + method.summary());
        out.println();
        out.println("Models:     " + models(method.models()));
        out.println("Base model: " + switch (method.models().base()) {
            case REQUIRED -> "required, besides the models";
            case OPTIONAL -> "optional, besides the models";
            case MEMBER -> "not needed; one that is given is merged like the models";
        });
        method.paper().ifPresent(paper -> out.println("Paper:      " + paper.title() + ", " + paper.address()));
        out.println();
        if (!method.parameters().isEmpty()) {
            TextTable table = new TextTable("PARAMETER", "LEVEL", "DEFAULT", "VALUES", "WHAT IT IS");
            for (ParameterSpec spec : method.parameters()) {
                table.add(spec.name(), level(spec), byDefault(spec), spec.allowedValues(), spec.description());
            }
            table.print(out);
            out.println();
        }
        out.print(new MethodExample(name, method).yaml());
    }

    ObjectNode json() {
        ModelCount count = method.models();
        ObjectNode root = JsonFile.object();
        root.put("method", name).put("from", from).put("summary", method.summary());
        method.paper().ifPresent(paper -> root.putObject("paper")
                .put("title", paper.title())
                .put("address", paper.address()));
        root.putObject("models")
                .put("minimum", count.minimum())
                .put("maximum", count.maximum() == Integer.MAX_VALUE ? null : Integer.valueOf(count.maximum()))
                .put("base", count.base().name().toLowerCase(Locale.ROOT));
        ArrayNode parameters = root.putArray("parameters");
        for (ParameterSpec spec : method.parameters()) {
            ObjectNode node = parameters.addObject();
            node.put("name", spec.name()).put("level", level(spec));
            node.put("type", spec.type().name().toLowerCase(Locale.ROOT));
            if (spec.type() == ParameterSpec.Type.BOOLEAN) {
                Double byDefault = spec.defaultValue();
                node.put("default", byDefault == null ? null : Boolean.valueOf(byDefault != 0));
            } else {
                node.put("default", number(spec, spec.defaultValue()));
                node.put("minimum", number(spec, spec.minimum())).put("maximum", number(spec, spec.maximum()));
            }
            node.put("description", spec.description());
        }
        return root.put("example", new MethodExample(name, method).yaml());
    }

    /**
     * The number as a configuration writes it; null where there is none, and for infinity, which JSON does not have.
     */
    private static @Nullable BigDecimal number(ParameterSpec spec, @Nullable Double value) {
        return value == null || value.isInfinite() ? null : new BigDecimal(spec.shown(value));
    }

    /** How many models there may be, in words. */
    static String models(ModelCount count) {
        if (count.maximum() == Integer.MAX_VALUE) {
            return count.minimum() + " or more";
        }
        return count.minimum() == count.maximum()
                ? Integer.toString(count.minimum())
                : count.minimum() + " to " + count.maximum();
    }

    /** Where the parameter is given. */
    static String level(ParameterSpec spec) {
        return spec.scope() == ParameterSpec.Scope.GLOBAL ? "global" : "per model";
    }

    /** What holds when a configuration does not say. */
    static String byDefault(ParameterSpec spec) {
        Double value = spec.defaultValue();
        return value == null ? "required" : spec.shown(value);
    }
}
