package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Every file of {@code examples/} is merged, as its users would merge it. */
class ExamplesIT {
    @TempDir
    Path folder;

    static List<String> examples() throws IOException {
        try (Stream<Path> files = Files.list(Kit.REPOSITORY.resolve("examples"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void isMerged(String example) throws Exception {
        Path merged = folder.resolve("merged");
        Kit.in(Kit.REPOSITORY).run("merge", "examples/" + example, merged).succeeded();
        assertTrue(Files.isRegularFile(merged.resolve("manifest.json")));
        assertFalse(Weights.read(merged).isEmpty());
    }
}
