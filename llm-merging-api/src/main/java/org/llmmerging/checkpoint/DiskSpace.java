package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Whether the disks hold what is about to be written. */
public final class DiskSpace {

    private DiskSpace() {}

    /**
     * Compares what several folders will hold with what their disks have free.
     *
     * @param bytes of each folder, which need not be there yet
     * @throws OutputException naming a folder of the first disk that has too little
     */
    public static void require(Map<Path, Long> bytes) {
        Map<FileStore, Long> needed = new LinkedHashMap<>();
        bytes.forEach((folder, size) -> needed.merge(disk(folder), size, Math::addExact));
        bytes.forEach((folder, _) -> require(folder, needed.getOrDefault(disk(folder), 0L)));
    }

    /** The same for all that one disk is to hold. */
    static void require(Path folder, long bytes) {
        long free;
        try {
            free = disk(folder).getUsableSpace();
        } catch (IOException failure) {
            throw OutputException.of(folder, failure, bytes);
        }
        if (free < bytes) {
            throw new OutputException(folder, ("the disk has %d bytes free and %d are needed. Free some space or name a"
                    + " folder on another disk").formatted(free, bytes));
        }
    }

    private static FileStore disk(Path folder) {
        Path there = folder.toAbsolutePath().normalize();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        try {
            return Files.getFileStore(there);
        } catch (IOException failure) {
            throw OutputException.of(folder, failure, 0);
        }
    }
}
