package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** Where a path leads, so that an output within an input is seen to be there. */
public final class RealPath {
    private RealPath() {}

    /**
     * The absolute path, links resolved in as much of it as exists: {@code ..} behind a link is the folder above the
     * one that it leads to, as for the system.
     */
    public static Path of(Path given) {
        return walk(given.toAbsolutePath());
    }

    private static Path walk(Path absolute) {
        Path above = absolute.getParent();
        if (above == null) {
            return absolute;
        }
        Path folder = walk(above);
        Path next = folder.resolve(absolute.getFileName());
        if (next.endsWith(".") || next.endsWith("..")) {
            return next.normalize();
        }
        try {
            return next.toRealPath();
        } catch (IOException notThere) {
            return next;
        }
    }
}
