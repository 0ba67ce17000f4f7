package org.llmmerging.plugin;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.config.ConfigException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A folder with a plugin that works, and a place for one that does not. */
abstract class BrokenPluginFixture {
    @TempDir
    Path folder;

    Path jar = Path.of("");

    @BeforeEach
    void putAGoodPluginBesideIt() throws IOException {
        jar = folder.resolve("broken.jar");
        PluginSources.method("test.good", "good_method", "", "").build(folder.resolve("good.jar"));
    }

    /** Loads, and checks that only the broken plugin failed, leaving no name behind. */
    String failure(String... parts) {
        PluginFailure failure = onlyFailure(PluginRegistry.TIME_LIMIT);
        for (String part : parts) {
            assertTrue(failure.message().contains(part), failure.message());
        }
        return failure.message();
    }

    PluginFailure onlyFailure(Duration limit) {
        ClassLoader host = PluginRegistry.class.getClassLoader();
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder), limit, host, _ -> {})) {
            registry.requireMethod("good_method"); // the plugin beside it must work
            assertThrows(ConfigException.class, () -> registry.requireMethod("broken_method"));
            assertEquals(1, registry.failures().size(), registry.failures().toString());
            PluginFailure failure = registry.failures().getFirst();
            assertEquals(jar, failure.jar());
            assertTrue(failure.message().startsWith(jar + ": plugin"), failure.message());
            assertEquals(1, failure.message().lines().count(), failure.message());
            return failure;
        }
    }
}
