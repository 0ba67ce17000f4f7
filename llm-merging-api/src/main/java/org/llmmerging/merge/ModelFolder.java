package org.llmmerging.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.OutputException;

/** The files beside the weights and the tokenizer that make a folder one that Hugging Face tools load. */
final class ModelFolder {
    private static final String CONFIG = "config.json";
    private static final String GENERATION = "generation_config.json";
    private static final String TOKEN_ID = "_token_id";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ModelFolder() {}

    /**
     * Writes config.json, with the plan's changes, and the generation settings. Where the output numbers its tokens
     * differently, both name special tokens by their new ids.
     */
    static void describe(MergePlan plan, Path to) {
        Path from = plan.configurationFolder();
        ObjectNode config = readConfig(from);
        String dtype = plan.writtenType().torchName();
        config.put(config.has("dtype") && !config.has("torch_dtype") ? "dtype" : "torch_dtype", dtype);
        plan.configurationChanges().forEach((key, value) -> config.set(key, JSON.valueToTree(value)));
        renumber(config, plan.newTokenIds());
        try {
            write(to.resolve(CONFIG), config);
            Path generation = from.resolve(GENERATION);
            if (Files.isRegularFile(generation) && plan.newTokenIds().isEmpty()) {
                Files.copy(generation, to.resolve(GENERATION));
            } else if (Files.isRegularFile(generation)) {
                ObjectNode settings = read(generation);
                renumber(settings, plan.newTokenIds());
                write(to.resolve(GENERATION), settings);
            }
        } catch (IOException failure) {
            throw new OutputException(to, "cannot be written: " + failure.getMessage(), failure);
        }
    }

    private static void write(Path file, JsonNode content) throws IOException {
        Files.writeString(file, JSON.writeValueAsString(content) + "\n");
    }

    /** Changes {@code bos_token_id} and its like, single ids and lists; a token that is gone becomes null. */
    private static void renumber(ObjectNode settings, Map<Integer, Integer> newIds) {
        List<String> keys = new ArrayList<>();
        settings.fieldNames().forEachRemaining(keys::add);
        for (String key : keys) {
            JsonNode old = settings.path(key);
            if (!key.endsWith(TOKEN_ID)) {
                continue;
            }
            if (old instanceof ArrayNode list) {
                ArrayNode renumbered = settings.putArray(key);
                for (JsonNode id : list) {
                    int newId = newId(id, newIds);
                    if (newId >= 0) {
                        renumbered.add(newId);
                    }
                }
            } else if (old.isInt() && old.intValue() >= 0) {
                int newId = newId(old, newIds);
                settings.put(key, newId < 0 ? null : Integer.valueOf(newId));
            }
        }
    }

    private static int newId(JsonNode id, Map<Integer, Integer> newIds) {
        return newIds.getOrDefault(id.intValue(), id.intValue());
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
                    "is not JSON: " + malformed.getOriginalMessage() + ". Take the file of the original model",
                    malformed);
        } catch (IOException missing) {
            throw new CheckpointException(
                    file,
                    "cannot be read. A model folder needs its config.json beside the weights",
                    missing);
        }
    }
}
