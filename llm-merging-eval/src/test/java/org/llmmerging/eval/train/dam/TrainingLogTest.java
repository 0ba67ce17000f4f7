package org.llmmerging.eval.train.dam;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TrainingLogTest {
    private static final String FOUR_AND_A_HALF = """
            {"step": 1, "loss": 4.5, "time": 1.0}
            {"step": 2, "loss": 3.5, "time": 2.0}
            {"step": 3, "loss": 2.5, "time": 3.0}
            {"step": 4, "loss": 1.5, "time": 4.0}
            {"step": 5, "lo""";

    @TempDir
    private Path folder;

    @Test
    void goesOnBehindTheStepsThatAreKept() throws IOException {
        Path metrics = Files.writeString(folder.resolve("metrics.jsonl"), FOUR_AND_A_HALF);
        try (TrainingLog log = TrainingLog.open(folder, 2, Assertions::fail)) {
            log.add(new TrainingStep(3, 5, 0.6, 0.1, 1, 9.5, Map.of()));
        }
        String text = Files.readString(metrics);
        assertTrue(text.startsWith(FOUR_AND_A_HALF.substring(0, FOUR_AND_A_HALF.indexOf("{\"step\": 3"))), text);
        assertEquals(3, text.lines().count(), text);
        assertTrue(text.contains("9.5"), text);
    }

    @Test
    void goesOnBehindWhatIsNoText() throws IOException {
        Path metrics = folder.resolve("metrics.jsonl");
        Files.write(metrics, (FOUR_AND_A_HALF + "\u00ff").getBytes(StandardCharsets.ISO_8859_1));
        TrainingLog.open(folder, 4, Assertions::fail).close();
        assertEquals(4, Files.readAllLines(metrics).size());
    }

    @Test
    void aLineWithBytesThatAreNoTextIsNotKeptThoughItReads() throws IOException {
        Path metrics = folder.resolve("metrics.jsonl");
        String damaged = FOUR_AND_A_HALF.replace("3, \"loss\"", "3, \"lo\u00ffs\"");
        Files.write(metrics, damaged.getBytes(StandardCharsets.ISO_8859_1));
        List<String> notes = new ArrayList<>();
        TrainingLog.open(folder, 4, notes::add).close();
        assertEquals(FOUR_AND_A_HALF.lines().limit(2).toList(), Files.readAllLines(metrics));
        assertEquals(List.of(metrics + ": what follows step 2 cannot be read, and is left out"), notes);
    }

    @Test
    void aLogThatIsMissingIsNoted() {
        List<String> notes = new ArrayList<>();
        TrainingLog.open(folder, 4, notes::add).close();
        assertEquals(
                List.of(folder.resolve("metrics.jsonl") + ": is missing, and begins anew behind step 4"), notes);
    }

    /**
     * Another name of the old file shows that it was replaced and not emptied, so that a kill cannot lose the history.
     */
    @Test
    void theHistoryIsWholeAtEveryMoment() throws IOException {
        Path metrics = Files.writeString(folder.resolve("metrics.jsonl"), FOUR_AND_A_HALF);
        Path before = Files.createLink(folder.resolve("before"), metrics);
        TrainingLog.open(folder, 4, Assertions::fail).close();
        assertEquals(FOUR_AND_A_HALF, Files.readString(before));
        assertEquals(4, Files.readAllLines(metrics).size());
    }
}
