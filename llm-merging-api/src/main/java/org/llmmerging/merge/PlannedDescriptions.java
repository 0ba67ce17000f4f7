package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.OutputException;

/**
 * The config.json and tokenizer that stages will have, in a temporary folder for as long as planning takes: what uses a
 * stage is planned with its own files and not with those of its inputs. Not thread-safe.
 */
final class PlannedDescriptions {
    private @Nullable Path root;

    /** A folder with the files of one stage, without weights. */
    Path of(String stage, MergePlan plan, MergeOptions options) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            Path parent = root == null ? Files.createTempDirectory("llm-merging-plan-") : root;
            root = parent;
            temporary = parent;
            Path folder = Files.createTempDirectory(parent, StageCache.plain(stage) + "-");
            plan.describe(folder, options.copyTokenizer());
            return folder;
        } catch (IOException failure) {
            throw OutputException.of(temporary, failure, 0);
        }
    }

    /** Deletes all of them. */
    void delete() {
        Path written = root;
        if (written != null) {
            try {
                FolderTree.delete(written);
            } catch (IOException failure) {
                throw OutputException.of(written, failure, 0);
            }
        }
    }
}
