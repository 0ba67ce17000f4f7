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
    void dataWritesTheRowsAndPrintsTheFolder() throws IOException {
        Path folder = temporary.resolve("made");
        assertEquals(0, run("data", "--output_folder", folder.toString(), "--seed", "7"));
        assertEquals(folder + System.lineSeparator(), out.toString());
        Path other = temporary.resolve("other");
        assertEquals(0, run("data", "--output_folder", other.toString(), "--seed", "8"));
        String file = "validation/cosmos_qa.csv";
        assertTrue(Files.mismatch(folder.resolve(file), other.resolve(file)) >= 0, "another seed makes other rows");
    }

    @Test
    void trainKnowsItsFamilies() {
        assertEquals(2, run("train", "--family", "llama5", "--output_folder", temporary.resolve("none").toString()));
        assertTrue(err.toString().contains("flan-t5, llama, llama2, llama3, mistral"), err.toString());
        assertFalse(Files.exists(temporary.resolve("none")));
    }

    @Test
    void resultsKnowsItsFamiliesAndWantsASeed() {
        Path page = temporary.resolve("results.md");
        assertEquals(2, run("results", "--family", "llama5", "--page", page.toString()));
        assertTrue(err.toString().contains("flan-t5, llama, llama2, llama3, mistral"), err.toString());
        assertEquals(2, run("results", "--seeds", "0", "--page", page.toString()));
        assertTrue(err.toString().contains("'--seeds': '0'"), err.toString());
        assertFalse(Files.exists(page));
    }

    @Test
    void thePageOfAllFamiliesIsNotReplacedByOneOfSome() {
        assertEquals(2, run("results", "--family", "llama2", "--work_folder", temporary.resolve("work").toString()));
        assertTrue(err.toString().contains("--family: docs/results.md compares all families"), err.toString());
        assertTrue(err.toString().contains("--page"), err.toString());
        assertFalse(Files.exists(temporary.resolve("work")));
    }

    @Test
    void aSeedIsAWholeNumber() {
        Path folder = temporary.resolve("none");
        assertEquals(2, run("data", "--output_folder", folder.toString(), "--seed", "lucky"));
        assertTrue(err.toString().contains("lucky"), err.toString());
        assertFalse(Files.exists(folder));
    }

    @Test
    void aloneItNamesItsSubcommands() {
        assertEquals(2, run());
        assertTrue(err.toString().contains("train"), err.toString());
        assertTrue(err.toString().contains("data"), err.toString());
    }

    private int run(String... arguments) {
        return new CommandLine(new StarterCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
