package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class FolderTreeTest {
    @TempDir
    Path folder;

    @Test
    void listsWhatIsInAFolderAndBelowIt() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path below = Files.createFile(inner.resolve("below"));
        Path beside = Files.createFile(folder.resolve("beside"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), inner);
        assertEquals(List.of(beside, inner, link), FolderTree.children(folder));
        assertEquals(List.of(beside, below, link), FolderTree.files(folder));
    }

    /** Folders in folders, to a path too long for the system. */
    @Test
    void aFolderWithinThatCannotBeListedIsAnInputError() throws IOException, InterruptedException {
        shell("for i in $(seq 30); do mkdir $(printf %0200d 1) && cd -P 0*1; done");
        try {
            assertThrows(IOException.class, () -> FolderTree.files(folder));
        } finally {
            shell("rm -rf 0*1");
        }
    }

    private void shell(String command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", command).directory(folder.toFile()).inheritIO();
        assertEquals(0, builder.start().waitFor());
    }
}
