package org.llmmerging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SharedFilesTest {
    @TempDir
    Path folder;

    @AfterEach
    void forgetTheFolder() {
        System.clearProperty("LLM_MERGING_SHARED");
    }

    @Test
    void aFileOfTheFolderThatIsNamed() throws IOException {
        System.setProperty("LLM_MERGING_SHARED", folder.toString());
        Path file = Files.createFile(folder.resolve("rows.csv"));
        assertEquals(file, SharedFiles.require("rows.csv"));
    }

    @Test
    void aFileThatIsMissingInAFolderThatIsNamedIsAFailureAndNoSkippedTest() {
        System.setProperty("LLM_MERGING_SHARED", folder.toString());
        assertThrows(AssertionFailedError.class, () -> SharedFiles.require("rows.csv"));
    }
}
