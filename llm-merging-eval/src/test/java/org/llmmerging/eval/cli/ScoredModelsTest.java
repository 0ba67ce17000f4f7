package org.llmmerging.eval.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.Scores;
import org.llmmerging.config.ConfigException;
import org.llmmerging.eval.report.ModelOutcome;
import org.llmmerging.eval.report.ReportFiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ScoredModelsTest {
    @TempDir
    private Path folder;

    private final StringWriter printed = new StringWriter();

    private static ScoredModels.Model scored(String name, double accuracy) {
        return model(name, () -> ModelOutcome.scored(
                name, new Scores(Map.of("quiz", Map.of("accuracy", accuracy))), List.of()));
    }

    private static ScoredModels.Model model(String name, Supplier<ModelOutcome> evaluation) {
        return new ScoredModels.Model(name, "name: " + name, evaluation);
    }

    private int run(boolean report, ScoredModels.Model... models) {
        return new ScoredModels(new PrintWriter(printed), Messages.toStandardError(true), false)
                .run(List.of(models), folder, report);
    }

    @Test
    void aSingleModelHasNoNameAndNoReportUnlessItIsAskedFor() {
        assertEquals(0, run(false, scored("good", 0.5)));
        assertEquals("{\"quiz\": {\"accuracy\": 0.5}}", printed.toString().strip());
        assertFalse(Files.exists(folder.resolve(ReportFiles.PAGE)));
        assertEquals(0, run(true, scored("good", 0.5)));
        assertTrue(Files.exists(folder.resolve(ReportFiles.PAGE)));
    }

    @Test
    void theFailureOfASingleModelIsTheCommands() {
        ConfigException failure = new ConfigException("wrong");
        assertEquals(failure, assertThrows(ConfigException.class, () -> run(true, model("bad", () -> {
            throw failure;
        }))));
        assertFalse(Files.exists(folder.resolve(ReportFiles.PAGE)));
    }

    @Test
    void aScoreThatCannotBePrintedCostsNoOtherModelItsPlaceInTheReport() throws Exception {
        assertEquals(Main.FAILED, run(false, scored("good", 0.5), scored("odd", Double.NaN)));
        assertEquals(2, printed.toString().lines().count(), printed.toString());
        assertTrue(Files.readString(folder.resolve(ReportFiles.PAGE)).contains("accuracy of quiz is NaN"));
    }

    @Test
    void memoryThatIsUsedUpIsToldWithTheRemedy() {
        run(false, scored("good", 0.5), model("large", () -> {
            throw new OutOfMemoryError("Java heap space");
        }));
        assertTrue(printed.toString().contains("-Xmx16g"), printed.toString());
    }
}
