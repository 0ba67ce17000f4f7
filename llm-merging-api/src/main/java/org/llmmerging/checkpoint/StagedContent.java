package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** Writes what appears whole or not at all: a {@link StagedFile}, or all or part of a {@link StagedFolder}. */
@FunctionalInterface
public interface StagedContent {
    /**
     * Writes it.
     *
     * @param staged where: a hidden path that is gone when a message about it is read
     * @throws IOException when it cannot be written
     */
    void writeTo(Path staged) throws IOException;
}
