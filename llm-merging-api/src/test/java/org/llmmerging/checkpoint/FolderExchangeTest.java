package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FolderExchangeTest {
    @TempDir
    private Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void givesEachFolderTheOthersName() throws IOException {
        Path one = Files.createDirectory(folder.resolve("one é"));
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(one.resolve("file"), "of one");
        assertTrue(FolderExchange.exchange(one, other));
        assertEquals("of one", Files.readString(other.resolve("file")));
        assertTrue(Files.isDirectory(one));
        assertFalse(Files.exists(one.resolve("file")));
    }

    @Test
    void changesNothingWhenOneIsMissing() throws IOException {
        Path one = Files.createDirectory(folder.resolve("one"));
        assertFalse(FolderExchange.exchange(one, folder.resolve("missing")));
        assertTrue(Files.isDirectory(one));
        assertFalse(Files.exists(folder.resolve("missing")));
    }
}
