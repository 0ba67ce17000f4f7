package org.llmmerging.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.tensor.DType;

/** The files beside the weights and the tokenizer that make a folder one that Hugging Face tools load. */
final class ModelFolder {
    private static final String CONFIG = "config.json";
    private static final String GENERATION = "generation_config.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ModelFolder() {
    }

    /**
     * Writes config.json, with changes, and copies the generation settings as they are.
     *
     * @param from a model's folder
     * @param dtype type of the weights that are written
     * @param changes values that config.json gets in place of its own
     */
    static void describe(Path from, Path to, DType dtype, Map<String, Object> changes) {
        ObjectNode config = readConfig(from);
        config.put(config.has("dtype") && !config.has("torch_dtype") ? "dtype" : "torch_dtype", dtype.torchName());
        changes.forEach((key, value) -> config.set(key, JSON.valueToTree(value)));
        try {
            Files.writeString(to.resolve(CONFIG), JSON.writeValueAsString(config) + "\n");
            if (Files.isRegularFile(from.resolve(GENERATION))) {
                Files.copy(from.resolve(GENERATION), to.resolve(GENERATION));
            }
        } catch (IOException failure) {
            throw OutputException.of(to, failure, 0);
        }
    }

    /** Writes a file of the output. */
    static void writeText(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException failure) {
            throw OutputException.of(file, failure, 0);
        }
    }

    /** @throws CheckpointException when the folder has no config.json or it is not an object */
    static ObjectNode readConfig(Path folder) {
        Path file = folder.resolve(CONFIG);
        try {
            JsonNode config = JSON.readTree(file.toFile());
            if (config instanceof ObjectNode object) {
                return object;
            }
            throw new CheckpointException(file, "is not a JSON object. Take the file of the original model");
        } catch (JsonProcessingException malformed) {
            throw new CheckpointException(
                    file,
                    "is not JSON, from line " + malformed.getLocation().getLineNr() + ", column "
                            + malformed.getLocation().getColumnNr() + " on. Take the file of the original model",
                    malformed);
        } catch (IOException missing) {
            throw new CheckpointException(
                    file,
                    "cannot be read. A model folder needs its config.json beside the weights",
                    missing);
        }
    }
}
