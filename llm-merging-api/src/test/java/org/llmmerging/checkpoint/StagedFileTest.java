package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

class StagedFileTest {
    @TempDir
    Path folder;

    @Test
    void takesThePlaceOfAFileWhenItIsWhole() throws IOException {
        Path target = Files.writeString(folder.resolve("a.txt"), "old");
        StagedFile.write(target, file -> {
            write(file, "new");
            assertEquals("old", read(target));
        });
        assertEquals("new", read(target));
        assertEquals(List.of("a.txt"), names());
    }

    @Test
    void leavesAFileAsItIsWhenWritingFails() throws IOException {
        Path target = Files.writeString(folder.resolve("a.txt"), "old");
        assertThrows(IllegalStateException.class, () -> StagedFile.write(target, file -> {
            write(file, "half");
            throw new IllegalStateException();
        }));
        assertEquals("old", read(target));
        assertEquals(List.of("a.txt"), names());
    }

    @Test
    void deletesWhatAKilledProcessHasLeft() throws Exception {
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.writeString(folder.resolve(".a.txt.tmp-" + gone.pid() + "-1f"), "half");
        StagedFile.write(folder.resolve("a.txt"), file -> write(file, "new"));
        assertEquals(List.of("a.txt"), names());
    }

    @Test
    void leavesWhatIsNoneOfItsOwn() throws IOException {
        long parent = ProcessHandle.current().parent().orElseThrow().pid();
        List<String> others = List.of(".a.txt.tmp-" + parent + "-1f", ".a.txt.tmp-notes", ".b.txt.tmp-0-1f");
        for (String other : others) {
            Files.writeString(folder.resolve(other), "kept");
        }
        StagedFile.write(folder.resolve("a.txt"), file -> write(file, "new"));
        assertTrue(names().containsAll(others), names().toString());
    }

    @Test
    void writesWhereTheFolderCannotBeListed() throws IOException {
        Path locked = Files.createDirectory(folder.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("-wx------"));
        assumeFalse(Files.isReadable(locked), "root may list any folder");
        try {
            StagedFile.write(locked.resolve("a.txt"), file -> write(file, "new"));
            assertEquals("new", read(locked.resolve("a.txt")));
        } finally {
            Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** Each has a temporary name of its own. */
    @Test
    void twoThreadsMayWriteOneFile() {
        Path target = folder.resolve("a.txt");
        StagedFile.write(target, file -> {
            write(file, "outer");
            StagedFile.write(target, other -> write(other, "inner"));
            assertEquals("inner", read(target));
        });
        assertEquals("outer", read(target));
    }

    @Test
    void knowsTheHiddenNamesOfAFile() {
        Path target = folder.resolve("a.txt");
        StagedFile.write(target, file -> {
            write(file, "half");
            assertTrue(StagedFile.isUnfinished(file, target));
            assertFalse(StagedFile.isUnfinished(file, folder.resolve("b.txt")));
            assertFalse(StagedFile.isUnfinished(folder.resolve("x").resolve(file.getFileName()), target));
        });
        assertFalse(StagedFile.isUnfinished(target, target));
    }

    @Test
    void makesTheFoldersItNeeds() {
        Path target = folder.resolve("x/y/a.txt");
        StagedFile.write(target, file -> write(file, "new"));
        assertEquals("new", read(target));
    }

    @Test
    void refusesAFolder() {
        assertThrows(OutputException.class, () -> StagedFile.write(folder, file -> write(file, "new")));
    }

    /** The hidden file is gone when the message is read. */
    @Test
    void whatCannotBeWrittenIsTheTarget() {
        IOException full = new IOException("No space left on device");
        String remedy = "Free some space or name a folder on another disk";
        assertEquals(folder.resolve("a.txt") + ": the disk is full. " + remedy, failure(_ -> {
            throw full;
        }));
        assertEquals(folder.resolve("a.txt") + ": the disk is full. 7 bytes are needed in all. " + remedy,
                failure(file -> {
                    throw OutputException.of(file, full, 7);
                }));
    }

    private String failure(StagedContent content) {
        return String.valueOf(assertThrows(
                OutputException.class, () -> StagedFile.write(folder.resolve("a.txt"), content)).getMessage());
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
