package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A file that appears whole or not at all, also after a power cut: written under a hidden name beside it, put on the
 * disk and moved over it.
 */
public final class StagedFile {
    private StagedFile() {}

    /**
     * Writes a file and the folders it needs, and deletes what earlier writes of it that were killed have left
     * where the folder can be listed.
     *
     * @param target a file, or nothing yet
     * @param content writes the whole file, where nothing is
     * @throws OutputException naming the target, when that fails; a file that was there before is unchanged
     */
    public static void write(Path target, StagedContent content) {
        StagingNames names = StagingNames.of(target);
        try {
            Files.createDirectories(names.parent());
            cleanUp(names);
            if (Files.exists(names.target()) && !Files.isRegularFile(names.target())) {
                throw new OutputException(target, "is a folder or a device. Name a file");
            }
            try (StagingClaim claim = StagingClaim.fresh(names)) {
                Path staged = names.path(StagingNames.NEW, claim.id());
                try {
                    write(staged, names.target(), content);
                } catch (OutputException e) {
                    throw e.renamed(staged, target);
                }
            }
            forceQuietly(names.parent());
        } catch (IOException e) {
            throw OutputException.of(target, e, 0);
        }
    }

    private static void cleanUp(StagingNames names) {
        try {
            Leftovers.clean(names);
        } catch (IOException e) {
            // What is left stays, in nobody's way.
        }
    }

    /** The file is in place, and no worse for a folder that cannot be opened. */
    private static void forceQuietly(Path folder) {
        try {
            FolderTree.forceFolder(folder);
        } catch (IOException e) {
            // After a power cut it may be the old file, still whole.
        }
    }

    private static void write(Path staged, Path target, StagedContent content) throws IOException {
        try {
            content.writeTo(staged);
            FolderTree.force(staged);
            Files.move(staged, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(staged);
        }
    }

    /** Whether a file has a hidden name that {@link #write} uses beside a target while it is written. */
    public static boolean isUnfinished(Path file, Path target) {
        StagingNames names = StagingNames.of(target);
        return names.parent().equals(RealPath.of(file).getParent())
                && names.contain(String.valueOf(file.getFileName()));
    }
}
