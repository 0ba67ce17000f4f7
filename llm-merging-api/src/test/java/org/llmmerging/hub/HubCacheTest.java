package org.llmmerging.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HubCacheTest {
    private static final Path HOME = Path.of("/home/someone");

    @TempDir
    private Path folder;

    private static Path folder(Map<String, String> environment) {
        return HubCache.of(environment, HOME).folder();
    }

    @Test
    void liesWhereHuggingfaceHubLooks() {
        assertEquals(HOME.resolve(".cache/huggingface/hub"), folder(Map.of()));
        assertEquals(HOME.resolve(".cache/huggingface/hub"), folder(Map.of("HF_HOME", " ", "HF_HUB_CACHE", "")));
        assertEquals(Path.of("/x/huggingface/hub"), folder(Map.of("XDG_CACHE_HOME", "/x")));
        assertEquals(Path.of("/a/hub"), folder(Map.of("HF_HOME", "/a", "XDG_CACHE_HOME", "/x")));
        assertEquals(HOME.resolve("a/hub"), folder(Map.of("HF_HOME", "~/a")));
        assertEquals(Path.of("/b"), folder(Map.of("HF_HOME", "/a", "HUGGINGFACE_HUB_CACHE", "/b")));
        assertEquals(HOME, folder(Map.of("HUGGINGFACE_HUB_CACHE", "/b", "HF_HUB_CACHE", "~")));
    }

    @Test
    void findsASnapshotByBranchAndCommit() throws IOException {
        Path model = folder.resolve("models--org--name");
        Path snapshot = Files.createDirectories(model.resolve("snapshots").resolve("abc123"));
        Files.writeString(Files.createDirectories(model.resolve("refs")).resolve("main"), "abc123\n");
        Files.writeString(model.resolve("refs").resolve("gone"), "def456");
        HubCache cache = new HubCache(folder);
        assertEquals(Optional.of(snapshot), cache.snapshot("org/name", null));
        assertEquals(Optional.of(snapshot), cache.snapshot("org/name", "abc123"));
        assertEquals(Optional.empty(), cache.snapshot("org/name", "gone"));
        assertEquals(Optional.empty(), cache.snapshot("org/name", "../snapshots/abc123"));
        assertEquals(Optional.empty(), cache.snapshot("org/name", snapshot.toString()));
        assertEquals(Optional.empty(), cache.snapshot("org/name", "a\0b"));
        assertEquals(Optional.empty(), cache.snapshot("org/other", null));
        assertEquals(Optional.empty(), cache.datasetSnapshot("org/name", null));
        assertEquals(Optional.of("abc123"), HubCache.commitOf(snapshot));
        assertEquals(Optional.empty(), HubCache.commitOf(folder));
        assertEquals(Optional.empty(), HubCache.commitOf(folder.resolve("snapshots").resolve("mine")));
    }

    @Test
    void knowsWhatARepositoryCanBeCalled() {
        assertTrue(HubCache.isRepositoryName("gpt2"));
        assertTrue(HubCache.isRepositoryName("org/name-1.0_x"));
        assertFalse(HubCache.isRepositoryName("/org/name"));
        assertFalse(HubCache.isRepositoryName("a/b/c"));
        assertFalse(HubCache.isRepositoryName("../name"));
        assertFalse(HubCache.isRepositoryName(""));
    }
}
