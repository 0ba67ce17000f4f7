package org.llmmerging.eval.train;

import java.nio.file.Files;
import java.nio.file.Path;

/** Finds the repository's own folders from wherever a test runs. */
public final class RepositoryFiles {
    private RepositoryFiles() {}

    /** A folder at the repository's root, such as {@code models}. */
    public static Path folder(String name) {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("configs/hub"))) {
                return folder.resolve(name);
            }
        }
        throw new IllegalStateException("no repository above " + start);
    }
}
