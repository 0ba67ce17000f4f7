package org.llmmerging.merge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.ContentCopy;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.checkpoint.OutputException;

/** The files beside the weights and the tokenizer that make a folder one that Hugging Face tools load. */
final class ModelFolder {
    private static final String CONFIG = "config.json";
    private static final String GENERATION = "generation_config.json";
    private static final String REMEDY = "Take the file of the original model";

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
        changes.forEach((key, value) -> config.set(key, JsonFile.tree(value)));
        TokenIds.renumber(config, plan.newTokenIds());
        try {
            JsonFile.write(to.resolve(CONFIG), config);
            Path generation = from.resolve(GENERATION);
            if (Files.isRegularFile(generation) && plan.newTokenIds().isEmpty()) {
                ContentCopy.of(generation, to.resolve(GENERATION));
            } else if (Files.isRegularFile(generation)) {
                ObjectNode settings = JsonFile.read(generation, REMEDY);
                TokenIds.renumber(settings, plan.newTokenIds());
                JsonFile.write(to.resolve(GENERATION), settings);
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
        return JsonFile.read(folder.resolve(CONFIG), REMEDY);
    }
}
