package org.llmmerging.merge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.ContentCopy;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.tensor.DType;
import org.llmmerging.tokenizer.OutputTokenizer;

/**
 * The files beside the weights that make a folder one that Hugging Face tools load: config.json, generation settings
 * and tokenizer. Immutable.
 *
 * @param source the model whose config.json and generation settings they are
 * @param changes values that config.json gets in place of its own
 * @param tokenIds what the ids of special tokens are in the output
 * @param tokenizer the tokenizer's files
 */
record ModelFolder(
        Path source, Map<String, Object> changes, TokenIds tokenIds, OutputTokenizer tokenizer) {
    private static final String CONFIG = "config.json";
    private static final String GENERATION = "generation_config.json";
    private static final String REMEDY = "Take the file of the original model";

    ModelFolder {
        changes = Map.copyOf(changes);
    }

    /**
     * Looks whether the generation settings can be copied, and reads them where they may be changed, since
     * {@link #write} comes after hours of merging.
     *
     * @param problems receives that they cannot be
     */
    void check(Problems problems) {
        Path generation = source.resolve(GENERATION);
        if (!Files.isRegularFile(generation)) {
            return;
        }
        Optional<String> fault = ContentCopy.fault(generation);
        if (fault.isPresent()) {
            problems.add(Position.of(generation), fault.get());
        } else if (!tokenIds.equals(TokenIds.UNCHANGED)) {
            try {
                JsonFile.read(generation);
            } catch (JsonFile.Malformed malformed) {
                problems.add(Position.of(generation), malformed.reason() + ". " + REMEDY);
            }
        }
    }

    /**
     * Writes them. Where the output numbers its tokens differently, config.json and the generation settings name
     * special tokens by their new ids.
     *
     * @param dtype the type that config.json names
     */
    void write(Path to, DType dtype, boolean copyTokenizer) {
        ObjectNode config = readConfig(source);
        config.put(config.has("dtype") && !config.has("torch_dtype") ? "dtype" : "torch_dtype", dtype.torchName());
        changes.forEach((key, value) -> config.set(key, JsonFile.tree(value)));
        tokenIds.renumber(config);
        JsonFile.write(to.resolve(CONFIG), config);
        Path generation = source.resolve(GENERATION);
        if (Files.isRegularFile(generation)) {
            writeGeneration(generation, to.resolve(GENERATION));
        }
        if (copyTokenizer) {
            tokenizer.write(to);
        }
    }

    private void writeGeneration(Path from, Path to) {
        if (!tokenIds.equals(TokenIds.UNCHANGED)) {
            ObjectNode settings = JsonFile.read(from, REMEDY);
            ObjectNode renumbered = settings.deepCopy();
            tokenIds.renumber(renumbered);
            if (!renumbered.equals(settings)) {
                JsonFile.write(to, renumbered);
                return;
            }
        }
        ContentCopy.of(from, to);
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
