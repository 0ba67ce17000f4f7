package org.llmmerging;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Reference data that the repository does not hold, as rows of public data sets. The folder is named by
 * {@code LLM_MERGING_SHARED}, a system property or an environment variable; else it is {@code ../shared} beside the
 * repository.
 */
public final class SharedFiles {
    private static final String NAME = "LLM_MERGING_SHARED";

    private SharedFiles() {}

    /**
     * A file or a folder of that data. Where it is missing the calling test is skipped, or fails if the folder was
     * named.
     */
    public static Path require(String path) {
        String named = System.getProperty(NAME, System.getenv(NAME));
        Path repository = Path.of(Objects.requireNonNull(System.getProperty("llm.merging.home"), "llm.merging.home"));
        Path folder = named == null ? repository.resolve("../shared") : repository.resolve(named);
        Path file = folder.resolve(path).toAbsolutePath().normalize();
        if (!Files.exists(file)) {
            String problem = "there is no " + file + "; " + NAME + " says where such data is";
            Assumptions.assumeTrue(named != null, problem);
            Assertions.fail(problem);
        }
        return file;
    }
}
