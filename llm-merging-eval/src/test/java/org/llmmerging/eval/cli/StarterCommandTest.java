package org.llmmerging.eval.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StarterCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path temporary;

    @Test
    void modelsWritesTheFolderAndPrintsItsPath() throws IOException {
        Path folder = temporary.resolve("made");
        assertEquals(0, run("models", "--output", folder.toString(), "--seed", "7"));
        assertEquals(folder + System.lineSeparator(), out.toString());
        assertTrue(Files.readString(folder.resolve("manifest.json")).contains("\"seed\": 7"));
    }

    @Test
    void modelsNeedsAnOutputFolder() {
        assertEquals(2, run("models"));
        assertTrue(err.toString().contains("--output"), err.toString());
    }

    @Test
    void aSeedIsAWholeNumber() {
        Path folder = temporary.resolve("none");
        assertEquals(2, run("models", "--output", folder.toString(), "--seed", "lucky"));
        assertTrue(err.toString().contains("lucky"), err.toString());
        assertFalse(Files.exists(folder));
    }

    @Test
    void aloneItNamesItsSubcommand() {
        assertEquals(2, run());
        assertTrue(err.toString().contains("models"), err.toString());
    }

    private int run(String... arguments) {
        return new CommandLine(new StarterCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
