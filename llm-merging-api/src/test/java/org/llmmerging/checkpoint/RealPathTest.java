package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class RealPathTest {
    @TempDir
    Path folder;

    private Path inner;
    private Path link;

    @BeforeEach
    void link() throws IOException {
        folder = folder.toRealPath();
        inner = Files.createDirectories(folder.resolve("outer/inner"));
        link = Files.createSymbolicLink(folder.resolve("link"), inner);
    }

    @Test
    void linksAreResolvedInWhatExists() {
        assertEquals(inner, RealPath.of(link));
        assertEquals(inner.resolve("new/folder"), RealPath.of(link.resolve("new/./folder")));
    }

    @Test
    void theFolderAboveALinkIsThatAboveWhereItLeads() {
        assertEquals(folder.resolve("outer"), RealPath.of(link.resolve("..")));
        assertEquals(folder.resolve("outer/new"), RealPath.of(link.resolve("../new")));
    }

    @Test
    void theFolderAboveOneThatIsMissingIsThatBeforeIt() {
        assertEquals(inner, RealPath.of(folder.resolve("missing/../link")));
        assertEquals(folder.resolve("new"), RealPath.of(folder.resolve("missing/../new")));
    }

    @Test
    void theRootHasNoneAboveIt() {
        assertEquals(Path.of("/"), RealPath.of(Path.of("/")));
        assertEquals(Path.of("/"), RealPath.of(Path.of("/..")));
    }

    @Test
    void anInputBehindALinkIsNotTakenForAnotherFolder() {
        OutputException refusal = assertThrows(
                OutputException.class, () -> StagedFolder.check(inner, List.of(link.resolve("../inner"))));
        assertEquals(
                "is, holds or lies within the input " + link.resolve("../inner")
                        + ". Inputs are never written to: name another output folder",
                refusal.problem());
    }
}
