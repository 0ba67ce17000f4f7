package org.llmmerging.eval.results;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.eval.io.AtomicFiles;
import org.llmmerging.eval.io.JsonText;

/**
 * What was measured so far, in a file with a line of JSON for each, so that an interrupted comparison goes on where it
 * was. Used by one process at a time; not thread-safe.
 */
public final class MeasurementLog {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final Map<String, Measurement> known = new HashMap<>();

    private MeasurementLog(Path file) {
        this.file = file;
    }

    /**
     * Opens a log.
     *
     * @param file made at the first measurement
     * @throws OutputException when it is there and cannot be read, or is no such log
     */
    public static MeasurementLog open(Path file) {
        MeasurementLog log = new MeasurementLog(file);
        log.read();
        return log;
    }

    private void read() {
        try {
            for (String line : AtomicFiles.text(file).lines().toList()) {
                JsonNode node = JSON.readTree(line);
                Map<String, Double> tasks = new LinkedHashMap<>();
                node.path("tasks").properties().forEach(
                        task -> tasks.put(task.getKey(), task.getValue().doubleValue()));
                known.put(node.path("key").asText(), new Measurement(
                        node.path("family").asText(), node.path("seed").longValue(), node.path("model").asText(), tasks,
                        node.path("seconds").doubleValue()));
            }
        } catch (JsonProcessingException e) {
            throw new OutputException(file, "is no log of measurements. Move it away to begin afresh", e);
        }
    }

    /**
     * What was measured under a key.
     *
     * @param key stands for all that decides the figures: models, data, configuration, seed
     */
    public Optional<Measurement> find(String key) {
        return Optional.ofNullable(known.get(key));
    }

    /**
     * Keeps a measurement.
     *
     * @throws OutputException when the file cannot be written
     */
    public void add(String key, Measurement measured) {
        ObjectNode line = JSON.createObjectNode();
        line.put("key", key);
        line.put("family", measured.family());
        line.put("seed", measured.seed());
        line.put("model", measured.model());
        ObjectNode tasks = line.putObject("tasks");
        measured.tasks().forEach(tasks::put);
        line.put("seconds", measured.seconds());
        AtomicFiles.appendLine(file, JsonText.line(line));
        known.put(key, measured);
    }
}
