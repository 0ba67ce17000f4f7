package org.llmmerging.eval.results;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.OutputException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MeasurementLogTest {
    @TempDir
    Path folder;

    @Test
    void whatWasMeasuredIsThereWhenItIsOpenedAgain() {
        Path file = folder.resolve("work/measured.jsonl");
        Measurement measured = new Measurement("flan-t5", 2025, "ties", Map.of("quiz", 1 / 3.0, "news", 0.0), 0.125);
        MeasurementLog.open(file).add("first", measured);
        MeasurementLog log = MeasurementLog.open(file);
        assertEquals(Optional.of(measured), log.find("first"));
        assertEquals(Optional.empty(), log.find("second"));
    }

    @Test
    void anotherFileIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("notes.txt"), "nothing here\n");
        OutputException problem = assertThrows(OutputException.class, () -> MeasurementLog.open(file));
        assertTrue(problem.getMessage().startsWith(file.toString()), problem::getMessage);
    }

    @Test
    void aLogThatCannotBeReadIsNotReportedAsOneThatCannotBeWritten() throws Exception {
        Path file = Files.createDirectory(folder.resolve("measured.jsonl"));
        OutputException problem = assertThrows(OutputException.class, () -> MeasurementLog.open(file));
        assertEquals(
                file + ": cannot be read (Is a directory). Make it readable, or move it away", problem.getMessage());
    }
}
