package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.model.ModelConfig;
import org.llmmerging.eval.task.DatasetException;
import org.llmmerging.eval.task.ModelFingerprint;
import org.llmmerging.eval.train.FloatTensorFile;
import org.llmmerging.eval.train.LearningRate.Schedule;
import org.llmmerging.eval.train.RepositoryFiles;
import org.llmmerging.eval.train.TrainingException;
import org.llmmerging.eval.train.dam.DamTraining.Earlier;
import org.llmmerging.eval.train.dam.DamTraining.Logits;
import org.llmmerging.eval.train.dam.data.DamColumnGroup;
import org.llmmerging.eval.train.dam.data.DamDatasetInfo;
import org.llmmerging.eval.train.dam.data.DamDatasetWriter;
import org.llmmerging.eval.train.dam.data.DamModelInput;
import org.llmmerging.eval.train.dam.data.DamRow;
import org.llmmerging.eval.train.dam.data.DamSequence;
import org.llmmerging.eval.train.dam.data.StoredLogits;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.MergeListener;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.ModelStore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A whole training of the Llama 2 starter models: what it leaves, how it breaks off, how it goes on. */
class DamTrainingTest {
    private static final long SEED = 3;
    private static final int STEPS = 6;

    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();
    private final List<String> warned = new ArrayList<>();
    private Logits logits = Logits.LIVE;
    private Path merge = Path.of("");
    private Path data = Path.of("");
    private int vocabulary;
    private List<DamColumnGroup> groups = List.of();

    @BeforeEach
    void prepare() throws IOException {
        Golden.folder();
        Path models = RepositoryFiles.folder("models/llama2");
        vocabulary = ModelConfig.read(models.resolve("base")).vocabularySize();
        Path reasoning = Files.createDirectory(folder.resolve("reasoning"));
        Golden.copy(models.resolve("reasoning"), reasoning, "");
        makeMerge("merge");
        data = dataset("data", groups);
    }

    /** Of the models as they are now. */
    private void makeMerge(String name) throws IOException {
        Path models = RepositoryFiles.folder("models/llama2");
        Path reasoning = folder.resolve("reasoning");
        ModelReference base = ModelReference.of(models.resolve("base").toString());
        List<ModelReference> adapted = Stream.of(reasoning, models.resolve("summaries"))
                .map(adapter -> new ModelReference(base.path(), null, ModelReference.of(adapter.toString())))
                .toList();
        CoefficientSettings settings = CoefficientSettings.ofLinearLayers(SEED)
                .withCovered(LayerKind.EMBEDDING, true)
                .withCovered(LayerKind.NORM, true)
                .withRandom(LayerKind.LINEAR, true);
        try (ModelStore store = store()) {
            merge = DamFolder.create(store, base, adapted, settings, folder.resolve(name), Assertions::fail);
            String tokenizer = DamModelInput.tokenizerSha256(models.resolve("base"));
            groups = adapted.stream()
                    .map(model -> new DamColumnGroup(model.toString(), false, "rows", List.of(), false, tokenizer,
                            ModelFingerprint.ofAll(List.of(store.open(model))).getFirst()))
                    .toList();
        }
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
        FloatTensorFile.read(whole.resolve("coefficients.safetensors")).forEach((tensor, values) -> assertArrayEquals(
                values, FloatTensorFile.read(resumed.resolve("coefficients.safetensors")).get(tensor), tensor));
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
    void refusesAMergeOfAnEarlierVersion() throws IOException {
        Path description = merge.resolve("dam.json");
        String text = Files.readString(description);
        Files.writeString(description, text.replace("\"format_version\": 2", "\"format_version\": 1"));
        CheckpointException problem = assertThrows(
                CheckpointException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(problem.getMessage().contains("has format_version 1, this version reads 2"), problem.getMessage());
    }

    @Test
    void refusesAMergeThatNamesAModelWrongly() throws IOException {
        Path description = merge.resolve("dam.json");
        String text = Files.readString(description);
        Files.writeString(description, text.replaceFirst("\"reference\": \"[^\"]*\"", "\"reference\": \"\""));
        CheckpointException problem = assertThrows(
                CheckpointException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(problem.getMessage().startsWith(description + ": '' lacks a path."), problem.getMessage());
    }

    @Test
    void stopsWhereTheLossIsNoNumberAndKeepsTheLastCheckpoint() {
        TrainingSettings settings = TrainingSettings.defaults(SEED)
                .withLosses(EnumSet.of(LossKind.KL, LossKind.L1_L2_REG))
                .with(DamParameter.LAMBDA_COEF_L1, 1e38)
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

    @Test
    void refusesADataSetOfOtherModels() {
        data = dataset("three", List.of(groups.getFirst(), groups.getLast(), groups.getLast()));
        assertRefused("rows of 3 models, the merge has 2");
    }

    @Test
    void refusesADataSetOfTheModelsInAnotherOrder() {
        data = dataset("reversed", groups.reversed());
        assertRefused("has rows of " + groups.getLast().model() + " where the merge has " + groups.getFirst().model()
                + ", and the two differ");
    }

    @Test
    void refusesADataSetOfAnotherStateOfAModel() {
        DamColumnGroup first = groups.getFirst();
        data = dataset("earlier", List.of(like(first, false, "f", first.tokenizerSha256()), groups.getLast()));
        assertRefused(" where the merge has " + first.model() + ", which is another model or has changed since");
    }

    @Test
    void refusesADataSetOfAnotherBase() {
        data = dataset("base", List.of(groups.getFirst(), groups.getLast(), like(groups.getFirst(), true, "f", "0")));
        assertRefused("has rows of " + groups.getFirst().model() + " where the merge has");
    }

    @Test
    void comparesTheTokenizersOfADataSetThatDoesNotSayWhichModelsItIsOf() {
        List<DamColumnGroup> unsaid = groups.stream()
                .map(group -> like(group, false, null, group.tokenizerSha256()))
                .toList();
        data = dataset("unsaid", unsaid);
        train("out", settings(0.01), Earlier.REFUSE, new Steps());
        assertTrue(warned.getFirst().contains("does not say which models it is of"), warned::toString);
        assertEquals(List.of(), said);
        data = dataset("other", List.of(unsaid.getFirst(), like(unsaid.getLast(), false, null, "0".repeat(64))));
        assertRefused("another tokenizer made");
    }

    @Test
    void refusesAMergeWhoseAdapterHasChanged() throws IOException {
        Path config = folder.resolve("reasoning/adapter_config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"lora_alpha\": 16", "\"lora_alpha\": 17"));
        assertNotEquals(text, Files.readString(config));
        CheckpointException problem = assertThrows(
                CheckpointException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(problem.getMessage().contains(config.getParent() + " has changed since"), problem.getMessage());
    }

    private void assertRefused(String expected) {
        DatasetException problem = assertThrows(
                DatasetException.class, () -> train("refused", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(problem.getMessage().contains(expected), problem.getMessage());
    }

    private static DamColumnGroup like(
            DamColumnGroup group, boolean isBase, @Nullable String fingerprint, String tokenizer) {
        return new DamColumnGroup(
                group.model(), isBase, group.dataset(), group.files(), group.chatTemplate(), tokenizer, fingerprint);
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

    private static class Steps implements TrainingListener {
        private final List<TrainingStep> all = new ArrayList<>();

        @Override
        public void stepped(TrainingStep step) {
            all.add(step);
        }
    }

    private Path train(
            String name, TrainingSettings settings, Earlier earlier, TrainingListener listener) {
        try (ModelStore store = store()) {
            DamTraining.Request request = new DamTraining.Request(
                    merge, data, folder.resolve(name), settings, logits, 2, earlier, Device.cpu());
            MergeListener warnings = new MergeListener() {
                @Override
                public void note(String note) {
                    warned.add(note);
                }
            };
            return DamTraining.run(request, store, listener, warnings, said::add);
        }
    }

    private static TrainingSettings settings(double learningRate) {
        return TrainingSettings.defaults(SEED)
                .withSchedule(Schedule.COSINE)
                .with(DamParameter.LEARNING_RATE, learningRate)
                .with(DamParameter.WEIGHT_DECAY, 0.01)
                .with(DamParameter.BATCH_SIZE, 2)
                .with(DamParameter.GRADIENT_ACCUMULATION_STEPS, 2)
                .with(DamParameter.EPOCHS, 2)
                .withReportAll(true);
    }

    private Path dataset(String name, List<DamColumnGroup> of) {
        Random random = new Random(SEED);
        List<DamRow> rows = new ArrayList<>();
        for (int row = 0; row < 12; row++) {
            List<DamSequence> sequences = new ArrayList<>();
            for (int model = 0; model < of.size(); model++) {
                int[] ids = random.ints(4 + random.nextInt(8), 3, vocabulary).toArray();
                sequences.add(new DamSequence(ids, new int[0]));
            }
            rows.add(new DamRow(sequences));
        }
        DamDatasetInfo info = new DamDatasetInfo(
                of, "base", false, vocabulary, 16, StoredLogits.NONE, 0, SEED, rows.size());
        try (DamDatasetWriter writer = DamDatasetWriter.create(folder.resolve(name), List.of(), info, rows)) {
            return writer.commit(Assertions::fail);
        }
    }

    private static ModelStore store() {
        return new ModelStore(new ModelLocator(List.of(Path.of("").toAbsolutePath()), new HubCache(Path.of("none"))));
    }
}
