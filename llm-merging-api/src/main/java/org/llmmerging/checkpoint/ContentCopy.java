package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Copies what a file holds and nothing else: the copy of a file that may not be written is one that may, since an
 * output is its owner's to change.
 */
public final class ContentCopy {
    private ContentCopy() {}

    /** @throws IOException when {@code from} cannot be read, or {@code to} is there already or cannot be written */
    public static void of(Path from, Path to) throws IOException {
        try (InputStream content = Files.newInputStream(from)) {
            Files.copy(content, to);
        }
    }
}
