package org.llmmerging.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class FileProblemTest {
    @Test
    void isAReasonWithoutTheFilesName() {
        assertEquals("permission denied", FileProblem.of(new AccessDeniedException("/a/b")));
        assertEquals("there is no such file", FileProblem.of(new NoSuchFileException("/a/b")));
        assertEquals("it is not UTF-8", FileProblem.of(new MalformedInputException(1)));
        assertEquals("File too large", FileProblem.of(new FileSystemException("/a/b", null, "File too large")));
        assertEquals("No space left on device", FileProblem.of(new IOException("No space left on device")));
        assertEquals("IOException", FileProblem.of(new IOException()));
    }
}
