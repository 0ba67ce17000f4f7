package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What tests of output folders write, and what they look at. */
final class OutputFixture {
    private OutputFixture() {}

    /** Something that looks like an output, and holds a text to know it by. */
    static void write(Path folder, String content) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.writeString(folder.resolve("model.safetensors"), content);
    }

    /** The text of {@link #write}. */
    static String content(Path output) throws IOException {
        return Files.readString(output.resolve("model.safetensors"));
    }

    static List<String> names(Path folder) {
        String[] names = folder.toFile().list();
        return names == null ? List.of() : Arrays.stream(names).sorted().toList();
    }

    /** What is said of a target that is refused, as every one has to be. */
    static String refusal(Path parent, Path target, Path... inputs) {
        List<String> before = names(parent);
        OutputException problem = assertThrows(
                OutputException.class, () -> StagedFolder.create(target, List.of(inputs)).close());
        assertEquals(4, problem.exitCode());
        assertEquals(before, names(parent), "nothing is left behind");
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(target.toString()), message);
        return message;
    }
}
