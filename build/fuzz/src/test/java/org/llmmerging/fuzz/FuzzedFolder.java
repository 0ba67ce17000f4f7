package org.llmmerging.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.llmmerging.MergingException;

/** A folder with one file of any content. */
record FuzzedFolder(Path path) {

    /** What reads a file. */
    @FunctionalInterface
    interface Reading {
        void read(Path file);
    }

    /** Gives a reader the file. What it may throw is what users see as a message. */
    void check(String name, byte[] content, Reading reading) {
        try {
            reading.read(Files.write(path.resolve(name), content));
        } catch (MergingException expected) {
            if (String.valueOf(expected.getMessage()).isBlank()) {
                throw new AssertionError("says nothing", expected);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
