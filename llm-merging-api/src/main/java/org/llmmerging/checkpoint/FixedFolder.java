package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Folders that cannot be exchanged for another: the system refuses it where a file system is mounted, and processes in
 * the folder, also the user's shell, stay in the one that is deleted.
 */
final class FixedFolder {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;

    private FixedFolder() {}

    /** @throws OutputException naming the remedy, when the folder is one of them */
    static void check(Path folder) {
        Path here = RealPath.of(Path.of(""));
        if (here.startsWith(folder)) {
            throw new OutputException(folder, (here.equals(folder) ? "is" : "holds")
                    + " the folder that the command runs in, and would be replaced by a new one. Name a folder in it,"
                    + " or run the command in another");
        }
        if (isMountPoint(folder)) {
            throw new OutputException(folder,
                    "cannot be replaced, for a file system is mounted there. Name a folder in it");
        }
    }

    /** What Linux says; elsewhere no folder is known to be one. */
    private static boolean isMountPoint(Path folder) {
        String escaped = folder.toString().replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011")
                .replace("\n", "\\012");
        try (Stream<String> mounts = new String(Files.readAllBytes(MOUNTS), StandardCharsets.UTF_8).lines()) {
            return mounts.anyMatch(mount -> mount.split(" ", MOUNT_POINT + 2)[MOUNT_POINT].equals(escaped));
        } catch (IOException unknown) {
            return false;
        }
    }
}
