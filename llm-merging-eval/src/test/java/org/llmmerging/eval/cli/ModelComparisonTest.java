package org.llmmerging.eval.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.Scores;
import org.llmmerging.eval.report.ModelOutcome;
import org.llmmerging.eval.report.ReportFiles;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ModelComparisonTest {
    @TempDir
    private Path folder;

    private final StringWriter printed = new StringWriter();
    private final ModelComparison comparison = new ModelComparison(new PrintWriter(printed),
            Messages.toStandardError(true), false);

    private static ModelOutcome scored(String name, double accuracy) {
        return ModelOutcome.scored(name, new Scores(Map.of("quiz", Map.of("accuracy", accuracy))), List.of());
    }

    @Test
    void aScoreThatCannotBePrintedCostsNoOtherModelItsPlaceInTheReport() throws Exception {
        comparison.add("good", () -> scored("good", 0.5));
        comparison.add("odd", () -> scored("odd", Double.NaN));
        assertEquals(Main.FAILED, comparison.report(folder));
        assertEquals(2, printed.toString().lines().count(), printed.toString());
        assertTrue(Files.readString(folder.resolve(ReportFiles.PAGE)).contains("accuracy of quiz is NaN"));
    }

    @Test
    void memoryThatIsUsedUpIsToldWithTheRemedy() {
        comparison.add("large", () -> {
            throw new OutOfMemoryError("Java heap space");
        });
        assertTrue(printed.toString().contains("-Xmx16g"), printed.toString());
    }
}
