package org.llmmerging.eval.train.dam;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.eval.train.AdamW;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TrainingCheckpointsTest {
    private static final Coefficients COEFFICIENTS = new Coefficients(1, Map.of("a", new float[] {1, 2}));

    @TempDir
    private Path folder;

    private TrainingCheckpoints checkpoints() {
        return new TrainingCheckpoints(folder, Map.of("seed", 1));
    }

    private static TrainingState state(long step) {
        return new TrainingState(step, COEFFICIENTS, AdamW.initialState(COEFFICIENTS.values()));
    }

    /** A checkpoint loses its description first. */
    private void killWhileDeleting(long step) throws IOException {
        Files.delete(folder.resolve("checkpoint-" + step + "/checkpoint.json"));
    }

    private List<String> left() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aTrainingCanStartWhereTheDeletingOfAnEarlierOneWasKilled() throws IOException {
        checkpoints().save(state(2), Assertions::fail);
        killWhileDeleting(2);
        assertFalse(checkpoints().exist());
        checkpoints().clear();
        checkpoints().save(state(2), Assertions::fail);
        assertEquals(2, checkpoints().last(COEFFICIENTS).step());
    }

    @Test
    void coefficientsOfOtherTensorsAreRefusedWithARemedyForACheckpoint() {
        checkpoints().save(state(2), Assertions::fail);
        Coefficients others = new Coefficients(1, Map.of("b", new float[] {1}));
        CheckpointException refused = assertThrows(CheckpointException.class, () -> checkpoints().last(others));
        assertEquals(folder.resolve("checkpoint-2/coefficients.safetensors")
                + ": has no coefficients for b. Delete the folder of this checkpoint", refused.getMessage());
    }

    @Test
    void anOptimizerOfOtherTensorsIsRefusedAsWell() throws IOException {
        checkpoints().save(state(2), Assertions::fail);
        Path optimizer = folder.resolve("checkpoint-2/optimizer.safetensors");
        Files.copy(optimizer.resolveSibling("coefficients.safetensors"), optimizer,
                StandardCopyOption.REPLACE_EXISTING);
        assertRefused(optimizer, "has no numbers for a.");
    }

    @Test
    void filesThatAreMissingOrDamagedHaveTheRemedyForACheckpoint() throws IOException {
        checkpoints().save(state(2), Assertions::fail);
        Path optimizer = folder.resolve("checkpoint-2/optimizer.safetensors");
        byte[] whole = Files.readAllBytes(optimizer);
        Files.writeString(
                optimizer,
                new String(whole, StandardCharsets.ISO_8859_1).replace("[1,2]", "[1,1]").replace("F32", "F64"),
                StandardCharsets.ISO_8859_1);
        assertRefused(optimizer, AdamW.initialState(COEFFICIENTS.values()).keySet().stream().sorted().findFirst()
                .orElseThrow() + " is of type F64, expected F32.");
        Files.write(optimizer, Arrays.copyOf(whole, whole.length - 1));
        assertRefused(optimizer, "is damaged or cannot be read.");
        Files.write(optimizer, new byte[0]);
        assertRefused(optimizer, "is damaged or cannot be read.");
        Files.delete(optimizer);
        assertRefused(optimizer, "is missing.");
        Path coefficients = optimizer.resolveSibling("coefficients.safetensors");
        Files.delete(coefficients);
        assertRefused(coefficients, "is missing.");
    }

    /** The system opens no link that leads to itself, and other files not where too many are open. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void noRemedyIsGivenForAFileThatMayBeSound() throws IOException {
        checkpoints().save(state(2), Assertions::fail);
        Path optimizer = folder.resolve("checkpoint-2/optimizer.safetensors");
        Files.delete(optimizer);
        Files.createSymbolicLink(optimizer, optimizer);
        CheckpointException refused = assertThrows(CheckpointException.class, () -> checkpoints().last(COEFFICIENTS));
        String message = refused.getMessage();
        assertTrue(message.startsWith(optimizer + ": cannot be read: "), message);
        assertFalse(message.contains("Delete"), message);
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        Coefficients damaged = new Coefficients(1, Map.of("a", new float[] {1, Float.NaN}));
        checkpoints().save(
                new TrainingState(2, damaged, AdamW.initialState(COEFFICIENTS.values())), Assertions::fail);
        assertRefused(folder.resolve("checkpoint-2/coefficients.safetensors"),
                "has a NaN or an infinity among the coefficients for a.");
    }

    @Test
    void aCheckpointOfAnotherStepThanItsNameSaysIsRefused() throws IOException {
        checkpoints().save(state(2), Assertions::fail);
        Path description = folder.resolve("checkpoint-2/checkpoint.json");
        Files.writeString(description, Files.readString(description).replace("\"step\": 2", "\"step\": 1"));
        assertRefused(description, "is of step 1.");
        Files.writeString(description, Files.readString(description).replace("\"step\": 1,", ""));
        assertRefused(description, "has no step.");
    }

    private void assertRefused(Path file, String problem) {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> checkpoints().last(COEFFICIENTS));
        String message = refused.getMessage();
        assertTrue(message.startsWith(file + ": " + problem), message);
        assertTrue(message.endsWith(". Delete the folder of this checkpoint"), message);
    }

    @Test
    void whatIsLeftOfACheckpointGoesWithTheOlderOnes() throws IOException {
        for (long step : new long[] {2, 4}) {
            checkpoints().save(state(step), Assertions::fail);
        }
        killWhileDeleting(2);
        checkpoints().save(state(6), Assertions::fail);
        assertEquals(List.of("checkpoint-4", "checkpoint-6"), left());
        checkpoints().save(state(10), Assertions::fail);
        assertEquals(List.of("checkpoint-10", "checkpoint-6"), left());
        assertTrue(checkpoints().exist());
    }

    @Test
    void leavesAloneWhatAnotherProgramKeepsUnderSuchAName() throws IOException {
        Path other = Files.createDirectory(folder.resolve("checkpoint-1"));
        Files.writeString(other.resolve("optimizer.safetensors"), "");
        Files.writeString(other.resolve("trainer_state.json"), "{}");
        Files.writeString(folder.resolve("checkpoint-3"), "a file");
        Files.createDirectory(folder.resolve("checkpoint-5"));
        assertFalse(checkpoints().exist());
        for (long step : new long[] {2, 4, 6}) {
            checkpoints().save(state(step), Assertions::fail);
        }
        assertEquals(List.of("checkpoint-1", "checkpoint-3", "checkpoint-4", "checkpoint-6"), left());
        checkpoints().clear();
        assertEquals(List.of("checkpoint-1", "checkpoint-3"), left());
        assertTrue(Files.exists(other.resolve("trainer_state.json")));
        checkpoints().checkFree(step -> step != 1 && step != 3);
        for (long step : new long[] {1, 3}) {
            OutputException taken = assertThrows(
                    OutputException.class, () -> checkpoints().checkFree(each -> each == step));
            assertTrue(taken.getMessage().contains("checkpoint-" + step + ": is no checkpoint of dam train"),
                    taken.getMessage());
        }
    }
}
