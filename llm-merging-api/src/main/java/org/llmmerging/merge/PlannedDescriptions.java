package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.OutputException;

/**
 * The config.json and tokenizer that stages will have, in a temporary folder for as long as planning takes, or until
 * the process is ended by a signal: what uses a stage is planned with its own files and not with those of its inputs.
 * Not thread-safe.
 */
final class PlannedDescriptions {
    private volatile @Nullable Path root; // which the thread at the end of the process reads
    private final Thread atExit = new Thread(this::deleteQuietly, "discard-plan");

    /** A folder with the files of one stage, without weights. */
    Path of(String stage, MergePlan plan, MergeOptions options) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            Path known = root;
            Path parent = known == null ? create() : known;
            temporary = parent;
            Path folder = Files.createTempDirectory(parent, StageCache.plain(stage) + "-");
            plan.describe(folder, options.copyTokenizer());
            return folder;
        } catch (IOException failure) {
            throw OutputException.of(temporary, failure, 0);
        }
    }

    private Path create() throws IOException {
        Path created = Files.createTempDirectory("llm-merging-plan-");
        root = created;
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException ending) {
            throw new OutputException(created, "is not written: the process is ending", ending);
        }
        return created;
    }

    private void deleteQuietly() {
        Path written = root;
        if (written != null) {
            FolderTree.deleteQuietly(written);
        }
    }

    /** Deletes all of them. */
    void delete() {
        Path written = root;
        if (written != null) {
            try {
                FolderTree.delete(written);
                Runtime.getRuntime().removeShutdownHook(atExit);
            } catch (IllegalStateException ending) {
                // The hook runs, and finds nothing to delete.
            } catch (IOException failure) {
                throw OutputException.of(written, failure, 0);
            }
        }
    }
}
