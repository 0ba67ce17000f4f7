package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

class ContentCopyTest {
    @TempDir
    private Path folder;

    private Path from;
    private Path to;

    @BeforeEach
    void name() {
        from = folder.resolve("from");
        to = folder.resolve("to");
    }

    @Test
    void holdsTheSame() throws IOException {
        byte[] content = new byte[200_000];
        content[199_999] = 1;
        Files.write(from, content);
        assertEquals(Optional.empty(), ContentCopy.fault(from));
        ContentCopy.of(from, to);
        assertArrayEquals(content, Files.readAllBytes(to));
    }

    @Test
    void aFileThatCannotBeReadIsTheInputs() {
        CheckpointException missing = assertThrows(CheckpointException.class, () -> ContentCopy.of(from, to));
        assertEquals(from + ": does not exist. Check the path", missing.getMessage());
    }

    @Test
    void aFileThatMayNotBeReadIsNamedBeforeAndWhenItIsCopied() throws IOException {
        Files.writeString(from, "content");
        Files.setPosixFilePermissions(from, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(from), "the superuser reads everything");
        assertEquals(Optional.of("may not be read. Change its permissions"), ContentCopy.fault(from));
        CheckpointException forbidden = assertThrows(CheckpointException.class, () -> ContentCopy.of(from, to));
        assertEquals(from + ": may not be read. Change its permissions", forbidden.getMessage());
    }

    @Test
    void aFileThatCannotBeWrittenIsTheOutputs() throws IOException {
        Files.writeString(from, "content");
        Files.writeString(to, "other");
        OutputException taken = assertThrows(OutputException.class, () -> ContentCopy.of(from, to));
        assertEquals(to + ": is there already. Move it away or name another output folder", taken.getMessage());
        assertEquals("other", Files.readString(to));
    }
}
