package org.llmmerging.eval.task;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.Sha256;

/**
 * Where the answers of a run are kept until it is over, so that it can be resumed:
 * {@code OUTPUT/.partial/NAME/DATASET.jsonl}, beside the run's own folder, which a merge replaces.
 *
 * @param output the folder of all runs
 * @param name the run's name
 * @param key stands for all that decides the answers besides the data: model, options, code. Answers under another key
 *     are not used
 */
public record PartialResults(Path output, String name, String key) {
    private static final String FOLDER = ".partial";

    /** Opens the file of one set. The answers of an interrupted run with the same key and data are in it. */
    PartialFile open(Dataset dataset) {
        return PartialFile.open(file(dataset), Sha256.hex(key + "\n" + dataset.sha256()));
    }

    /**
     * Deletes what is kept of the sets: their results are written, or are to be computed afresh.
     *
     * @throws OutputException when that fails
     */
    public void delete(List<Dataset> datasets) {
        try {
            for (Dataset dataset : datasets) {
                Files.deleteIfExists(file(dataset));
            }
            deleteIfEmpty(folder());
            deleteIfEmpty(output.resolve(FOLDER));
        } catch (IOException e) {
            throw OutputException.of(folder(), e, 0);
        }
    }

    private Path file(Dataset dataset) {
        return folder().resolve(dataset.name() + ".jsonl");
    }

    private Path folder() {
        return output.resolve(FOLDER).resolve(name);
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try {
            Files.delete(folder);
        } catch (DirectoryNotEmptyException | NoSuchFileException e) {
            // Another run keeps its answers there, or there is nothing to delete.
            return;
        }
    }
}
