package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.io.ModelFingerprint;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.model.ModelConfig;
import org.llmmerging.eval.train.LearningRate.Schedule;
import org.llmmerging.eval.train.RepositoryFiles;
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

/** Trainings of a merge of the Llama 2 starter models. The adapter in {@code reasoning} is a copy, which may change. */
final class LlamaTraining {
    static final long SEED = 3;

    private final Path folder;
    private final int vocabulary;
    private final List<String> said = new ArrayList<>();
    private final List<String> warned = new ArrayList<>();
    private Path merge = Path.of("");
    private List<DamColumnGroup> groups = List.of();

    LlamaTraining(Path folder) throws IOException {
        this.folder = folder;
        Golden.folder();
        Path models = RepositoryFiles.folder("models/llama2");
        vocabulary = ModelConfig.read(models.resolve("base")).vocabularySize();
        Path reasoning = Files.createDirectory(folder.resolve("reasoning"));
        Golden.copy(models.resolve("reasoning"), reasoning, "");
        makeMerge("merge");
    }

    /** Settings that minimise these losses and no others. */
    static TrainingSettings minimising(long seed, Set<LossKind> losses) {
        TrainingSettings settings = TrainingSettings.defaults(seed);
        for (LossKind kind : LossKind.values()) {
            settings = settings.with(DamParameter.switchOf(kind), losses.contains(kind) ? 1 : 0);
        }
        return settings;
    }

    /** Makes a merge of the models as they are now, which trainings from here on take. */
    void makeMerge(String name) throws IOException {
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

    Path merge() {
        return merge;
    }

    /** The columns that a data set for the merge has. */
    List<DamColumnGroup> groups() {
        return groups;
    }

    /** What trainings have reported. */
    List<String> said() {
        return said;
    }

    /** What trainings have warned of. */
    List<String> warned() {
        return warned;
    }

    private static ModelStore store() {
        return new ModelStore(new ModelLocator(List.of(Path.of("").toAbsolutePath()), new HubCache(Path.of("none"))));
    }

    /** A data set of random tokens with these columns. */
    Path dataset(String name, List<DamColumnGroup> of) {
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

    /** Of six steps. */
    static TrainingSettings settings(double learningRate) {
        return TrainingSettings.defaults(SEED)
                .withSchedule(Schedule.COSINE)
                .with(DamParameter.LEARNING_RATE, learningRate)
                .with(DamParameter.WEIGHT_DECAY, 0.01)
                .with(DamParameter.BATCH_SIZE, 2)
                .with(DamParameter.GRADIENT_ACCUMULATION_STEPS, 2)
                .with(DamParameter.EPOCHS, 2)
                .withReportAll(true);
    }

    /** Trains the merge on a data set, into a folder of this name. */
    Path train(
            String name, Path data, Logits logits, TrainingSettings settings, Earlier earlier,
            TrainingListener listener) {
        try (ModelStore store = store()) {
            DamTraining.Request request = new DamTraining.Request(
                    merge, data, folder.resolve(name), settings, logits, 2, earlier, Device.cpu());
            MergeListener warnings = new MergeListener() {
                @Override
                public void note(String note) {
                    warned.add(note);
                }

                @Override
                public void say(String line) {
                    said.add(line);
                }
            };
            return DamTraining.run(request, store, listener, warnings);
        }
    }

    /** Keeps the steps that a training makes. */
    static class Steps implements TrainingListener {
        final List<TrainingStep> all = new ArrayList<>();

        @Override
        public void stepped(TrainingStep step) {
            all.add(step);
        }
    }
}
