package org.llmmerging.eval.train.dam;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.eval.train.TrainingException;
import org.llmmerging.eval.train.dam.DamTraining.Earlier;
import org.llmmerging.eval.train.dam.DamTraining.Logits;
import org.llmmerging.eval.train.dam.LlamaTraining.Steps;
import org.llmmerging.eval.train.dam.data.DamColumnGroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.eval.train.dam.LlamaTraining.SEED;
import static org.llmmerging.eval.train.dam.LlamaTraining.settings;

/** A training stops where a number is none, and says where: in a step, or already in a model. */
class NonFiniteStepTest {
    @TempDir
    private Path folder;

    private LlamaTraining training;
    private List<DamColumnGroup> groups;
    private Path data;

    @BeforeEach
    void prepare() throws IOException {
        training = new LlamaTraining(folder);
        groups = training.groups();
        data = dataset("data", groups);
    }

    private Path train(String name, TrainingSettings settings, Earlier earlier, TrainingListener listener) {
        return training.train(name, data, Logits.LIVE, settings, earlier, listener);
    }

    private Path dataset(String name, List<DamColumnGroup> of) {
        return training.dataset(name, of);
    }

    private void makeMerge(String name) throws IOException {
        training.makeMerge(name);
        groups = training.groups();
    }

    @Test
    void stopsWhereTheLossIsNoNumberAndKeepsTheLastCheckpoint() throws IOException {
        TrainingSettings settings = LlamaTraining.minimising(SEED, EnumSet.of(LossKind.KL, LossKind.L1_L2_REG))
                .with(DamParameter.LAMBDA_COEF_L1, 1e10)
                .with(DamParameter.LAMBDA_COEF_L2, 0)
                .with(DamParameter.LEARNING_RATE, 1e30)
                .with(DamParameter.WARMUP_RATIO, 0.34)
                .with(DamParameter.MOFO_ALPHA, 1)
                .with(DamParameter.BATCH_SIZE, 4)
                .with(DamParameter.MAX_GRAD_NORM, 1e-3)
                .with(DamParameter.EPOCHS, 2);
        TrainingException stopped = assertThrows(
                TrainingException.class, () -> train("out", settings, Earlier.REFUSE, new Steps()));
        assertTrue(stopped.getMessage().matches("(?s)step \\d+: .*model\\..*"), stopped.getMessage());
        assertTrue(stopped.getMessage().contains("Lower --learning_rate"), stopped.getMessage());
        assertTrue(stopped.getMessage().contains("--overwrite_output_dir"), stopped.getMessage());
        assertEquals(1, stopped.exitCode());
        assertFalse(Files.exists(folder.resolve("out")));
        try (Stream<Path> kept = Files.list(folder.resolve("out-training"))) {
            assertTrue(kept.anyMatch(each -> each.endsWith("checkpoint-2")), stopped.getMessage());
        }
    }

    @Test
    void stopsWhereTheLastStepLeavesACoefficientThatIsNoNumberAndKeepsNoCheckpointOfIt() {
        TrainingSettings settings = TrainingSettings.defaults(SEED)
                .with(DamParameter.LEARNING_RATE, 1e39)
                .with(DamParameter.WARMUP_RATIO, 0)
                .with(DamParameter.BATCH_SIZE, 1000);
        TrainingException stopped = assertThrows(
                TrainingException.class, () -> train("out", settings, Earlier.REFUSE, new Steps()));
        assertTrue(
                stopped.getMessage().matches("step 1: a coefficient of model\\..* is no longer finite .*"),
                stopped.getMessage());
        assertFalse(Files.exists(folder.resolve("out")));
        assertFalse(Files.exists(folder.resolve("out-training/checkpoint-1")));
    }

    @Test
    void namesTheModelThatHoldsANumberThatIsNone() throws IOException {
        Path weights = folder.resolve("reasoning/adapter_model.safetensors");
        byte[] content = Files.readAllBytes(weights);
        Arrays.fill(content, content.length - 4, content.length, (byte) 0xFF);
        Files.write(weights, content);
        makeMerge("broken");
        data = dataset("broken-data", groups);
        CheckpointException broken = assertThrows(
                CheckpointException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(broken.getMessage().contains(folder.resolve("reasoning") + " holds a NaN"), broken.getMessage());
    }
}
