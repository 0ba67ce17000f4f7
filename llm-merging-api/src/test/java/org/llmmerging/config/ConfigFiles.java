package org.llmmerging.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** Configuration files made of text, for the tests of this package. */
final class ConfigFiles {
    private ConfigFiles() {}

    static Path write(Path folder, String text) {
        try {
            return Files.writeString(folder.resolve("c.yml"), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value of a key that must be there. */
    static <V> V get(Map<String, V> map, String key) {
        return Objects.requireNonNull(map.get(key), key);
    }

    /** Expects reading to fail with exactly these lines, in which the file is called {@code c.yml}. */
    static void assertRefused(Path folder, String text, Function<Path, ?> reader, String expected) {
        Path file = write(folder, text);
        ConfigException failure = assertThrows(ConfigException.class, () -> reader.apply(file));
        assertEquals(2, failure.exitCode());
        assertEquals(
                expected.strip(),
                String.valueOf(failure.getMessage()).replace(file.toString(), "c.yml"));
    }
}
