package org.llmmerging.eval.train.dam.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.LoraAdapter;
import org.llmmerging.checkpoint.Sha256;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.FileProblem;

/**
 * A model that a combined data set gets a column group for, and its own training data.
 *
 * @param name as the user wrote it
 * @param isBase whether it is the base model and not one of those that are merged
 * @param source the open model; stays the caller's
 * @param dataset the data set's name, as the user wrote it
 * @param files the data set's files, at least one
 */
public record DamModelInput(String name, boolean isBase, SourceModel source, String dataset, List<Path> files) {
    static final String TOKENIZER = "tokenizer.json";

    public DamModelInput {
        files = List.copyOf(files);
    }

    /** Where the tokenizer of its rows lies. */
    Path tokenizerFolder() {
        return tokenizerFolder(source);
    }

    /** Where a model's own tokenizer lies: an adapter's beside it or, where it has none, with the weights. */
    public static Path tokenizerFolder(SourceModel source) {
        LoraAdapter adapter = source.adapter();
        return adapter != null && Files.isRegularFile(adapter.folder().resolve(TOKENIZER))
                ? adapter.folder()
                : source.folder();
    }

    /**
     * Digest of the {@code tokenizer.json} in a folder.
     *
     * @throws CheckpointException when it cannot be read
     */
    public static String tokenizerSha256(Path tokenizerFolder) {
        Path file = tokenizerFolder.resolve(TOKENIZER);
        try {
            return Sha256.hex(file);
        } catch (IOException e) {
            throw new CheckpointException(file, "cannot be read (" + FileProblem.of(e) + ")", e);
        }
    }

    /** The data set's files, where {@code path} is a file, or a folder with training rows. */
    public static List<Path> filesOf(Path path) {
        return Files.isDirectory(path) ? SourceFiles.in(path) : List.of(path);
    }
}
