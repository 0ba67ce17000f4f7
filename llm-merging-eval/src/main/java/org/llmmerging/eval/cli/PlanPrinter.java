package org.llmmerging.eval.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.ConfigException;
import org.llmmerging.merge.MemoryEstimate;
import org.llmmerging.merge.PlanReport;

/** Shows a plan, for people or as JSON. */
final class PlanPrinter {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final List<PlanReport> merges;
    private final List<String> notes;
    private final @Nullable String explained;
    private final StringBuilder text = new StringBuilder();

    /**
     * @param explained part of the names of tensors to show, or null for none
     * @throws ConfigException when no tensor's name contains it
     */
    PlanPrinter(List<PlanReport> merges, List<String> notes, @Nullable String explained) {
        this.merges = merges;
        this.notes = notes;
        this.explained = explained;
        if (explained != null && merges.isEmpty()) {
            throw new ConfigException("--explain " + explained + ": there is no plan to explain. "
                    + String.join(". ", notes));
        }
        if (explained != null && merges.stream().allMatch(merge -> tensors(merge).isEmpty())) {
            throw new ConfigException("--explain " + explained + ": no tensor of the output has that in its name. Names"
                    + " look like " + merges.getLast().tensors().getFirst().name());
        }
    }

    /** The tensors to show, none when not asked for any. A whole name means that tensor alone. */
    private List<PlanReport.Tensor> tensors(PlanReport merge) {
        String part = explained;
        if (part == null) {
            return List.of();
        }
        List<PlanReport.Tensor> exact = merge.tensors().stream().filter(tensor -> tensor.name().equals(part)).toList();
        return exact.isEmpty()
                ? merge.tensors().stream().filter(tensor -> tensor.name().contains(part)).toList()
                : exact;
    }

    String json() {
        ObjectNode root = JSON.createObjectNode();
        ArrayNode plans = root.putArray("merges");
        for (PlanReport merge : merges) {
            plans.add(JSON.<ObjectNode>valueToTree(merge.showing(tensors(merge))));
        }
        root.set("notes", JSON.valueToTree(notes));
        try {
            return JSON.writeValueAsString(root) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("records of text and numbers can be written", impossible);
        }
    }

    String text() {
        for (PlanReport merge : merges) {
            describe(merge);
            tensors(merge).forEach(this::describe);
        }
        notes.forEach(note -> line("note: " + note));
        return text.toString();
    }

    private void describe(PlanReport merge) {
        String what = merge == merges.getLast() ? "result" : "stage " + merge.name();
        line(what + ": " + merge.method() + (merge.finished() ? ", finished by an earlier run" : ""));
        line("  reads   " + bytes(merge.readBytes()) + " in each pass over the inputs");
        for (PlanReport.Model model : merge.models()) {
            line("          " + bytes(model.bytes()) + "  " + model.model());
        }
        line("  writes  " + bytes(merge.writtenBytes()) + " in " + merge.weightFiles()
                + (merge.weightFiles() == 1 ? " file, " : " files, ") + merge.tensorCount() + " tensors, "
                + merge.elementsByType().entrySet().stream()
                        .map(type -> type.getValue() + " elements of " + type.getKey())
                        .collect(Collectors.joining(", ")));
        MemoryEstimate memory = merge.memory();
        line("  memory  " + bytes(memory.heapBytes()) + " of heap and " + bytes(memory.directBytes())
                + " outside it for the blocks of " + memory.threads() + (memory.threads() == 1 ? " thread" : " threads")
                + ", besides Java itself; inputs are mapped");
    }

    private void describe(PlanReport.Tensor tensor) {
        line("  " + tensor.name() + "  " + tensor.type() + " " + tensor.shape() + "  " + tensor.method()
                + values(tensor.parameters()));
        for (PlanReport.Input input : tensor.inputs()) {
            boolean renamed = !input.tensor().equals(tensor.name());
            line("    " + (input.base() ? "base " : "") + input.model() + (renamed ? " " + input.tensor() : "") + "  "
                    + input.type() + values(input.parameters()));
        }
    }

    private static String values(Map<String, Double> parameters) {
        return parameters.entrySet().stream()
                .map(parameter -> "  " + parameter.getKey() + " = " + parameter.getValue())
                .collect(Collectors.joining());
    }

    private static String bytes(long amount) {
        return Messages.Unit.BYTES.format(amount);
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
