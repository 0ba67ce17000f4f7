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

/** The files beside the weights and the tokenizer that make a folder one that Hugging Face tools load. */
final class ModelFolder {
    private static final String CONFIG = "config.json";
    private static final String GENERATION = "generation_config.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ModelFolder() {}

    /**
     * Writes config.json and the generation settings. Where the output numbers its tokens differently, both name
     * special tokens by their new ids.
     *
     * @param changes values that config.json gets in place of its own
     */
    static void describe(MergePlan plan, Path to, Map<String, Object> changes) {
        Path from = plan.configurationFolder();
        ObjectNode config = readConfig(from);
        String dtype = plan.writtenType().torchName();
        config.put(config.has("dtype") && !config.has("torch_dtype") ? "dtype" : "torch_dtype", dtype);
        changes.forEach((key, value) -> config.set(key, JSON.valueToTree(value)));
        TokenIds.renumber(config, plan.newTokenIds());
        try {
            write(to.resolve(CONFIG), config);
            Path generation = from.resolve(GENERATION);
            if (Files.isRegularFile(generation) && plan.newTokenIds().isEmpty()) {
                Files.copy(generation, to.resolve(GENERATION));
            } else if (Files.isRegularFile(generation)) {
                ObjectNode settings = read(generation);
                TokenIds.renumber(settings, plan.newTokenIds());
                write(to.resolve(GENERATION), settings);
            }
        } catch (IOException failure) {
            throw OutputException.of(to, failure, 0);
        }
    }

    private static void write(Path file, JsonNode content) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(content) + "\n");
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
        return read(folder.resolve(CONFIG));
    }

    private static ObjectNode read(Path file) {
        try {
            JsonNode content = JSON.readTree(file.toFile());
            if (content instanceof ObjectNode object) {
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
