package org.llmmerging.eval.train.dam;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.io.AtomicFiles;
import org.llmmerging.eval.io.JsonText;
import org.llmmerging.eval.report.TrainingPage;
import org.llmmerging.eval.train.EventFile;

/**
 * What is written of a training beside its checkpoints: {@code metrics.jsonl} with a line for each step, an event file
 * for TensorBoard, and {@code report.html}.
 */
final class TrainingLog implements AutoCloseable {
    private static final String METRICS = "metrics.jsonl";
    private static final String PAGE = "report.html";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path folder;
    private final List<Map<String, Object>> history;
    private final Writer metrics;
    private final EventFile events;

    private TrainingLog(Path folder, List<Map<String, Object>> history, Writer metrics, EventFile events) {
        this.folder = folder;
        this.history = history;
        this.metrics = metrics;
        this.events = events;
    }

    /**
     * Begins a log, or goes on with that of an earlier run.
     *
     * @param keptSteps what the earlier run did after so many steps is dropped
     * @param warn given what the user should know
     */
    static TrainingLog open(Path folder, long keptSteps, Consumer<String> warn) {
        Path file = folder.resolve(METRICS);
        try {
            List<Map<String, Object>> history = history(file, keptSteps, warn);
            // Whole or not at all: a run that is killed here leaves the history that it found.
            AtomicFiles.write(
                    file, history.stream().map(line -> JsonText.line(line) + "\n").collect(Collectors.joining()));
            deleteEvents(folder);
            EventFile events = EventFile.create(folder, System.currentTimeMillis() / 1e3);
            try {
                history.forEach(line -> write(events, line));
                Writer metrics = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
                return new TrainingLog(folder, history, metrics, events);
            } catch (IOException | RuntimeException e) {
                events.close();
                throw e;
            }
        } catch (IOException e) {
            throw OutputException.of(folder, e, 0);
        }
    }

    /** Adds a step. */
    void add(TrainingStep step) {
        Map<String, Object> line = line(step);
        line.put("time", System.currentTimeMillis() / 1e3);
        try {
            add(line);
        } catch (IOException e) {
            throw OutputException.of(folder.resolve(METRICS), e, 0);
        }
    }

    /** What is written of a step. */
    static Map<String, Object> line(TrainingStep step) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("step", step.step());
        line.put("epoch", step.epoch());
        line.put("learning_rate", step.learningRate());
        line.put("grad_norm", step.gradientNorm());
        line.put("loss", step.loss());
        step.losses().forEach((kind, value) -> line.put("loss_" + kind.key(), value));
        return line;
    }

    /** Writes the page: curves of all losses, and the coefficients as they are now. */
    void writePage(DamMerge merge, Coefficients now) {
        writePage(folder.resolve(PAGE), history, merge.with(now));
    }

    /** @param history what {@link #line} returned of each step */
    static void writePage(Path file, List<Map<String, Object>> history, DamMerge merge) {
        Map<String, double[]> curves = new LinkedHashMap<>();
        for (Map<String, Object> line : history) {
            line.forEach((key, value) -> {
                if (key.startsWith("loss") || key.equals("learning_rate") || key.equals("grad_norm")) {
                    curves.computeIfAbsent(key, unused -> new double[history.size()]);
                }
            });
        }
        for (int i = 0; i < history.size(); i++) {
            int at = i;
            curves.forEach((key, values) -> values[at] = history.get(at).get(key) instanceof Number number
                    ? number.doubleValue()
                    : Double.NaN);
        }
        List<ModelReference> references = new ArrayList<>(merge.models());
        if (merge.settings().useBaseModel()) {
            references.add(merge.base());
        }
        List<String> models = names(references);
        List<TrainingPage.Layer> layers = new ArrayList<>();
        merge.coefficients().values()
                .forEach((tensor, values) -> layers.add(layer(merge, tensor, values, models.size())));
        TrainingPage.write(file, new TrainingPage.Training(models, curves, layers));
    }

    @Override
    public void close() {
        events.close();
        try {
            metrics.close();
        } catch (IOException e) {
            throw OutputException.of(folder.resolve(METRICS), e, 0);
        }
    }

    private void add(Map<String, Object> line) throws IOException {
        history.add(line);
        metrics.write(JsonText.line(line));
        metrics.write('\n');
        metrics.flush();
        write(events, line);
    }

    private static void write(EventFile events, Map<String, Object> line) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        line.forEach((key, value) -> {
            if (!key.equals("step") && !key.equals("time") && value instanceof Number number) {
                scalars.put("train/" + key, number.doubleValue());
            }
        });
        events.scalars(number(line, "time"), (long) number(line, "step"), scalars);
    }

    /** The last part of each model's or adapter's path where these differ, else the whole references. */
    private static List<String> names(List<ModelReference> models) {
        List<String> names = new ArrayList<>();
        for (ModelReference model : models) {
            ModelReference adapter = model.adapter();
            String path = adapter == null ? model.path() : adapter.path();
            names.add(path.substring(path.lastIndexOf('/') + 1));
        }
        boolean differ = Set.copyOf(names).size() == names.size();
        return differ ? names : models.stream().map(ModelReference::toString).toList();
    }

    /** The mean of what multiplies each model's weights, and its smallest and largest value. */
    private static TrainingPage.Layer layer(DamMerge merge, String tensor, float[] values, int models) {
        int columns = values.length / models;
        List<double[]> figures = new ArrayList<>();
        for (int model = 0; model < models; model++) {
            double sum = 0;
            double least = Double.POSITIVE_INFINITY;
            double most = Double.NEGATIVE_INFINITY;
            for (int column = 0; column < columns; column++) {
                double value = merge.settings().nonLinearity().apply((double) values[model * columns + column]);
                sum += value;
                least = Math.min(least, value);
                most = Math.max(most, value);
            }
            figures.add(new double[] {sum / columns, least, most});
        }
        return new TrainingPage.Layer(tensor, figures);
    }

    private static double number(Map<String, Object> line, String key) {
        return line.get(key) instanceof Number number ? number.doubleValue() : 0;
    }

    private static List<Map<String, Object>> history(Path file, long keptSteps, Consumer<String> warn)
            throws IOException {
        List<Map<String, Object>> kept = new ArrayList<>();
        if (keptSteps == 0) {
            return kept;
        }
        if (!Files.isRegularFile(file)) {
            warn.accept(file + ": is missing, and begins anew behind step " + keptSteps);
            return kept;
        }
        long last = 0;
        for (String line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList()) {
            if (line.contains("\ufffd")) {
                // A disk that failed may have left bytes that are no text.
                break;
            }
            JsonNode json;
            try {
                json = MAPPER.readTree(line);
            } catch (JacksonException e) {
                // A run that was killed may have left half a line.
                break;
            }
            if (json.path("step").asLong() > keptSteps) {
                break;
            }
            Map<String, Object> values = new LinkedHashMap<>();
            json.properties().forEach(field -> values.put(field.getKey(), field.getValue().numberValue()));
            kept.add(values);
            last = json.path("step").asLong();
        }
        if (last < keptSteps) {
            warn.accept(file + ": what follows step " + last + " cannot be read, and is left out");
        }
        return kept;
    }

    private static void deleteEvents(Path folder) throws IOException {
        for (Path file : FolderTree.children(folder)) {
            if (String.valueOf(file.getFileName()).startsWith("events.out.tfevents.")) {
                Files.delete(file);
            }
        }
    }
}
