package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.eval.model.TorchEngine;
import org.llmmerging.eval.train.FloatTensorFile;
import org.llmmerging.eval.train.LearningRate.Schedule;
import org.llmmerging.eval.train.dam.DamTraining.Earlier;
import org.llmmerging.eval.train.dam.DamTraining.Logits;
import org.llmmerging.eval.train.dam.LlamaTraining.Steps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.eval.train.dam.LlamaTraining.SEED;
import static org.llmmerging.eval.train.dam.LlamaTraining.settings;

/** A whole training of the Llama 2 starter models: what it leaves, how it breaks off, how it goes on. */
class DamTrainingTest {
    private static final int STEPS = 6;

    @TempDir
    private Path folder;

    private LlamaTraining training;
    private Path data;
    private Logits logits = Logits.LIVE;

    @BeforeEach
    void prepare() throws IOException {
        training = new LlamaTraining(folder);
        data = training.dataset("data", training.groups());
    }

    private Path train(String name, TrainingSettings settings, Earlier earlier, TrainingListener listener) {
        return training.train(name, data, logits, settings, earlier, listener);
    }

    @Test
    void leavesAPlainCheckpointAndItsCoefficients() throws IOException {
        Path output = train("out", settings(0.01), Earlier.REFUSE, new Steps());
        try (Checkpoint checkpoint = Checkpoint.open(output)) {
            assertTrue(checkpoint.tensors().containsKey("model.embed_tokens.weight"));
        }
        assertTrue(Files.isRegularFile(output.resolve("tokenizer.json")));
        String manifest = Files.readString(output.resolve("manifest.json"));
        for (String name : List.of("README.md", "mergekit_config.yml", "coefficients.safetensors")) {
            assertTrue(manifest.contains("\"" + name + "\""), manifest);
        }
        String card = Files.readString(output.resolve("README.md"));
        assertTrue(card.contains("`learning_rate` 0.01"), card);
        assertTrue(card.contains("`linear_merge_random` true"), card);
        assertEquals("dam", MergeConfig.read(output.resolve("mergekit_config.yml")).getFirst().mergeMethod());
        Path kept = folder.resolve("out-training");
        assertEquals(STEPS, Files.readAllLines(kept.resolve("metrics.jsonl")).size());
        assertTrue(Files.readString(kept.resolve("report.html")).contains("model.norm.weight"));
        assertFalse(Files.exists(kept.resolve("checkpoint-2")), "only the last two are kept");
        assertTrue(Files.exists(kept.resolve("checkpoint-4")));
        assertTrue(Files.exists(kept.resolve("checkpoint-6")));
    }

    @Test
    void itsLossFalls() {
        Steps steps = new Steps();
        train("out", TrainingSettings.defaults(SEED)
                .withSchedule(Schedule.CONSTANT)
                .with(DamParameter.LEARNING_RATE, 0.02)
                .with(DamParameter.WARMUP_RATIO, 0)
                .with(DamParameter.MOFO_ALPHA, 1)
                .with(DamParameter.BATCH_SIZE, 4)
                .with(DamParameter.EPOCHS, 8), Earlier.REFUSE, steps);
        double first = steps.all.getFirst().losses().get(LossKind.KL);
        double last = steps.all.getLast().losses().get(LossKind.KL);
        assertTrue(last < 0.8 * first, first + " to " + last + ", seed " + SEED);
    }

    @Test
    void noArrayOutlivesItsStep() {
        List<Integer> alive = new ArrayList<>();
        train("out", settings(0.01), Earlier.REFUSE, step -> alive.add(engineArrays()));
        assertEquals(Collections.nCopies(STEPS, alive.getFirst()), alive);
    }

    /** Of all managers of the engine. */
    private static int engineArrays() {
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDManager root = manager;
            while (root.getParentManager() != null && root.getParentManager() != root) {
                root = root.getParentManager();
            }
            return root.getManagedArrays().size();
        }
    }

    @Test
    void whatItKeepsLiesBesideTheFolderThatIsMeant() throws IOException {
        Files.createDirectory(folder.resolve("out"));
        Path output = train("out/.", settings(0.01), Earlier.REFUSE, new Steps());
        assertEquals(folder.resolve("out"), output);
        assertTrue(Files.isRegularFile(folder.resolve("out-training/metrics.jsonl")));
    }

    @Test
    void saysWhatHasNoEffect() {
        TrainingSettings settings = TrainingSettings.defaults(SEED)
                .with(DamParameter.BATCH_SIZE, 12)
                .with(DamParameter.USE_SIMILARITY, 0)
                .with(DamParameter.LAMBDA_COEF_SIMILARITY, 1)
                .with(DamParameter.LAMBDA_COEF_OVERLAP, 1)
                .with(DamParameter.LAMBDA_COEF_MSE, 2)
                .with(DamParameter.USE_MSE, 1)
                .with(DamParameter.TEMPERATURE, 3);
        train("out", settings, Earlier.REFUSE, new Steps());
        assertEquals(List.of(
                "--lambda_coef_similarity has no effect: --use_similarity is false",
                "--lambda_coef_overlap has no effect: --use_overlap and --use_weighted_overlap are false",
                "the only step is the first of the warm-up, at a learning rate of 0: nothing is learned. Give more"
                        + " --epochs or rows, or --warmup_ratio 0"),
                training.warned());
    }

    @Test
    void saysNothingOfSettingsThatAreReported() {
        train("out", settings(0.01).with(DamParameter.LAMBDA_COEF_MSE, 2), Earlier.REFUSE, new Steps());
        assertEquals(List.of(), training.warned());
    }

    @Test
    void goesOnAfterAKillToTheSameBits() {
        Path whole = train("whole", settings(0.01), Earlier.REFUSE, new Steps());
        assertThrows(
                IllegalStateException.class,
                () -> train("broken", settings(0.01), Earlier.REFUSE, new Steps() {
                    @Override
                    public void stepped(TrainingStep step) {
                        if (step.step() == 5) {
                            throw new IllegalStateException("killed");
                        }
                    }
                }));
        assertFalse(Files.exists(folder.resolve("broken")));
        Steps rest = new Steps();
        Path resumed = train("broken", settings(0.01), Earlier.RESUME, rest);
        assertEquals(5, rest.all.getFirst().step(), "the last checkpoint was of step 4");
        FloatTensorFile.read(whole.resolve("coefficients.safetensors"), 2, "")
                .forEach((tensor, values) -> assertArrayEquals(
                        values, FloatTensorFile.read(resumed.resolve("coefficients.safetensors"), 2, "").get(tensor),
                        tensor));
    }

    @Test
    void refusesToGoOnWithAnotherConfigurationOrOverAnEarlierTraining() {
        train("out", settings(0.01), Earlier.REFUSE, new Steps());
        ConfigException other = assertThrows(
                ConfigException.class, () -> train("out", settings(0.02), Earlier.RESUME, new Steps()));
        assertTrue(other.getMessage().contains("learning_rate: 0.01 then, 0.02 now"), other.getMessage());
        assertThrows(ConfigException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
        train("out", settings(0.01), Earlier.OVERWRITE, new Steps());
    }

    @Test
    void refusesBeforeTrainingWhereACheckpointOfAnotherProgramIsInTheWay() throws IOException {
        Path other = Files.createDirectories(folder.resolve("out-training/checkpoint-" + STEPS));
        Path state = Files.writeString(other.resolve("trainer_state.json"), "{}");
        Steps steps = new Steps();
        OutputException taken = assertThrows(
                OutputException.class, () -> train("out", settings(0.01), Earlier.OVERWRITE, steps));
        assertTrue(taken.getMessage().contains(other + ": is no checkpoint of dam train"), taken.getMessage());
        assertEquals(List.of(), steps.all);
        assertTrue(Files.exists(state));
    }

    @Test
    void readsLogitsOfADataSetThatHasThemOnly() {
        for (Logits stored : List.of(Logits.STORED, Logits.STORED_IN_FULL)) {
            logits = stored;
            ConfigException problem = assertThrows(
                    ConfigException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
            assertTrue(problem.getMessage().contains("the data set keeps no logits"), problem.getMessage());
        }
    }
}
