package org.llmmerging.eval.train.dam.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.llmmerging.checkpoint.SourceModel;

/**
 * A model that a combined data set gets a column group for, and its own training data.
 *
 * @param name as the user wrote it
 * @param isBase whether it is the base model and not one of those that are merged
 * @param source the open model; stays the caller's
 * @param tokenizerFolder where its tokenizer lies
 * @param dataset the data set's name, as the user wrote it
 * @param files the data set's files, at least one
 */
public record DamModelInput(
        String name, boolean isBase, SourceModel source, Path tokenizerFolder, String dataset, List<Path> files) {
    public DamModelInput {
        files = List.copyOf(files);
    }

    /** The data set's files, where {@code path} is a file, or a folder with training rows. */
    public static List<Path> filesOf(Path path) {
        return Files.isDirectory(path) ? SourceFiles.in(path) : List.of(path);
    }
}
