package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DiskSpaceTest {
    @TempDir
    private Path folder;

    private Path missing;
    private long free;

    @BeforeEach
    void lookAtTheDisk() throws IOException {
        missing = folder.resolve("not/there/yet");
        free = Files.getFileStore(folder).getUsableSpace();
    }

    @Test
    void whatFitsIsLetPassAlsoWhereTheFolderIsMissing() {
        DiskSpace.require(Map.of(missing, 1L, folder, 1L));
    }

    @Test
    void saysWhatIsFreeAndNeeded() {
        OutputException refusal = assertThrows(
                OutputException.class, () -> DiskSpace.require(Map.of(missing, 2 * free)));
        assertTrue(refusal.getMessage().contains(missing.toString()), refusal.getMessage());
        assertTrue(refusal.getMessage().contains(2 * free + " are needed"), refusal.getMessage());
    }

    @Test
    void foldersOfOneDiskAreAddedUp() {
        long most = free / 10 * 8;
        assertThrows(OutputException.class, () -> DiskSpace.require(Map.of(missing, most, folder, most)));
    }
}
