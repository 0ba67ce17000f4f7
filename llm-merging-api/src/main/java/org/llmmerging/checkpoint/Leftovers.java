package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Cleans up beside an output after processes that were killed. */
final class Leftovers {
    private Leftovers() {}

    /**
     * Restores the target when it was moved aside and nothing took its place, and deletes what else is left. What
     * cannot be deleted stays: it is in nobody's way.
     *
     * @return whether nobody is at work on the target
     */
    static boolean clean(StagingNames names) throws IOException {
        boolean isFree = true;
        for (String id : names.ids()) {
            try (StagingClaim claim = StagingClaim.ofAbandoned(names, id)) {
                if (claim == null) {
                    isFree = false;
                } else {
                    restore(names, names.path(StagingNames.OLD, id));
                    FolderTree.deleteQuietly(names.path(StagingNames.NEW, id));
                }
            }
        }
        return isFree;
    }

    private static void restore(StagingNames names, Path old) throws IOException {
        if (Files.exists(names.target())) {
            FolderTree.deleteQuietly(old);
        } else if (Files.exists(old)) {
            Files.move(old, names.target(), StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
