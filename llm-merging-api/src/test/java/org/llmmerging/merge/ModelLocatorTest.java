package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.hub.HubCache;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ModelLocatorTest {
    @TempDir
    private Path folder;

    @Test
    void theFirstRootThatHasItWins() throws IOException {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        Files.writeString(first.resolve("a"), "rows");
        Files.createDirectory(second.resolve("a"));
        Files.writeString(second.resolve("b.csv"), "rows");
        ModelLocator locator = new ModelLocator(List.of(first, second), HubCache.of(Map.of(), folder));
        assertEquals(Optional.of(first.resolve("a")), locator.find("a"));
        assertEquals(Optional.of(second.resolve("b.csv")), locator.find("./b.csv"));
        assertEquals(second.resolve("a"), locator.locate("a", null)); // a model is a folder
    }

    @Test
    void whatIsNoPathIsNotThere() {
        ModelLocator locator = new ModelLocator(List.of(folder), HubCache.of(Map.of(), folder));
        for (String name : List.of("", " ", "none", "a\0b")) {
            assertEquals(Optional.empty(), locator.find(name));
        }
    }
}
