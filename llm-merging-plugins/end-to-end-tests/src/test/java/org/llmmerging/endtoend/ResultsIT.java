package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code main starter results}, where there are the models of the first family alone and a row of each data set. */
class ResultsIT {
    private static final String PAGE = "# Results\n";

    @TempDir
    Path folder;

    @BeforeEach
    void makeHome() throws IOException {
        Inputs.copy(Kit.REPOSITORY.resolve("configs"), folder.resolve("configs"));
        Path models = Files.createDirectories(folder.resolve("models"));
        Inputs.copy(Kit.REPOSITORY.resolve("models/flan-t5"), models.resolve("flan-t5"));
        for (String split : List.of("train", "validation", "test")) {
            Path data = Files.createDirectories(folder.resolve("data").resolve(split));
            for (String quiz : List.of("cosmos_qa", "arithmetic")) {
                write(data, quiz, "One or two?", "1", "\"['one', 'two']\"", "multiple_choice");
            }
            write(data, "xsum", "Say hello.", "hello", "None", "generation");
        }
        Files.createDirectories(folder.resolve("docs"));
        Files.writeString(folder.resolve("docs/results.md"), PAGE);
    }

    @Test
    void aRunThatIsBrokenOffLeavesThePageAndAPageOfAFamilyGoesOnFromThere() throws Exception {
        run().failed(3, "models/llama");
        assertEquals(PAGE, Files.readString(folder.resolve("docs/results.md")));
        Path own = folder.resolve("own.md");
        run("--family", "flan-t5", "--page", own).succeeded();
        String written = Files.readString(own);
        assertTrue(written.contains("\n### flan-t5\n") && written.contains("\n| dam |"), written);
        assertEquals(PAGE, Files.readString(folder.resolve("docs/results.md")));
    }

    private Outcome run(Object... arguments) throws Exception {
        List<Object> all = new ArrayList<>(List.of("starter", "results", "--seeds", 1, "--no-tune"));
        all.addAll(List.of("--plugins", Kit.REPOSITORY.resolve("plugins")));
        all.addAll(Arrays.asList(arguments));
        return Kit.in(folder).withHome(folder).run(all.toArray());
    }

    private static void write(Path data, String name, String... row) throws IOException {
        Files.writeString(data.resolve(name + ".csv"),
                "id,input,target,answer_choices,eval_type\n0," + String.join(",", row) + "\n");
    }
}
