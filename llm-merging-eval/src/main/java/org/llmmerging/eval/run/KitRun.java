package org.llmmerging.eval.run;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.llmmerging.LoadedModels;
import org.llmmerging.MergeContext;
import org.llmmerging.MergeMethod;
import org.llmmerging.Merges;
import org.llmmerging.Predictor;
import org.llmmerging.RunSettings;
import org.llmmerging.Scores;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.ContentCopy;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.RealPath;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Note;
import org.llmmerging.config.Problems;
import org.llmmerging.eval.model.ModelRunException;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.EvaluationResult;
import org.llmmerging.eval.task.SummaryLine;
import org.llmmerging.merge.KitMerge;
import org.llmmerging.merge.MergeListener;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.MergePlan;
import org.llmmerging.merge.MergePlanner;
import org.llmmerging.merge.Merger;
import org.llmmerging.merge.MethodFinder;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.ModelStore;
import org.llmmerging.plugin.PluginException;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.plugin.RegisteredMerges;

/** One run of a registered name: its three steps, in order, and what the kit does for each. */
public final class KitRun implements MergeContext, AutoCloseable {
    private static final String SCORE_HISTORY = "scores.jsonl";
    private static final String CANDIDATE = "candidate";
    private static final String CONFIG = "config.json";

    private final Request request;
    private final PluginRegistry registry;
    private final ModelStore store;
    private final ModelLocator locator;
    private final RunListener listener;
    private @Nullable StagedFolder staged;
    private @Nullable EvaluationResult result;

    private KitRun(
            Request request, PluginRegistry registry, ModelStore store, ModelLocator locator, RunListener listener) {
        this.request = request;
        this.registry = registry;
        this.store = store;
        this.locator = locator;
        this.listener = listener;
    }

    /**
     * What is asked for.
     *
     * @param folder where the merged model, its scores and predictions go
     * @param datasets what it is scored on
     * @param validation what candidates are scored on while it is made, read when it is first needed
     * @param options how it is merged
     * @param scoring opens and scores it
     * @param code stands for the code that evaluates it, see {@link ModelScoring#score}
     */
    public record Request(
            KitConfig config,
            Path folder,
            List<Dataset> datasets,
            Supplier<List<Dataset>> validation,
            MergeOptions options,
            ModelScoring scoring,
            String code) {}

    /**
     * What came of it.
     *
     * @param scores what the last step returned
     * @param result the answers behind them, or null when that step did not leave the scoring to the kit
     */
    public record Outcome(Scores scores, @Nullable EvaluationResult result) {}

    /** Loads, merges and evaluates; the folder is what it was before unless the merge succeeds. */
    public static Outcome run(
            RegisteredMerges entry, Request request, PluginRegistry registry, ModelLocator locator,
            RunListener listener) {
        try (ModelStore store = new ModelStore(locator, request.options().adaptedType());
                KitRun run = new KitRun(request, registry, store, locator, listener)) {
            EntryCode code = new EntryCode(entry);
            Merges merges = entry.merges();
            LoadedModels models = code.run("load", () -> merges.load(run));
            Path merged = run.publish(code, code.run("merge", () -> run.merged(merges, models)));
            Scores scores = code.run("evaluate", () -> merges.evaluate(run, merged));
            checkFinite(code, scores);
            return new Outcome(scores, run.result);
        }
    }

    /** A failure to write into the checkpoint folder names the output folder that it is to become. */
    private Path merged(Merges merges, LoadedModels models) {
        try {
            return merges.merge(this, models);
        } catch (OutputException failure) {
            throw staged == null ? failure : staged.inTarget(failure);
        }
    }

    /** A plugin may evaluate in its own way. */
    private static void checkFinite(EntryCode code, Scores scores) {
        scores.byDataset().forEach((dataset, metrics) -> metrics.forEach((metric, value) -> {
            if (value == null || !Double.isFinite(value)) {
                throw new PluginException(
                        code.label() + ": its evaluation gives " + value + " as " + metric + " of " + dataset
                                + ". Correct the plugin, or leave the name out.");
            }
        }));
    }

    /** Puts the merged checkpoint where it was asked for; one that lies elsewhere stays there. */
    private Path publish(EntryCode code, Path merged) {
        Path real = RealPath.of(merged);
        if (staged == null || !real.startsWith(staged.path())) {
            return merged;
        }
        if (!real.equals(staged.path())) {
            throw new PluginException(code.label() + ": its merge returned " + staged.path().relativize(real)
                    + " in the checkpoint folder, which is moved as a whole. Correct the plugin: write into"
                    + " checkpointFolder() and return that.");
        }
        if (!Files.exists(real.resolve(CONFIG))) {
            throw new PluginException(
                    code.label() + ": its merge returned checkpointFolder() without a model in it: there is no "
                            + CONFIG + ". Correct the plugin, or leave the name out.");
        }
        keepHistory(staged);
        Path published = staged.commit(listener::note);
        listener.say("merged model: " + published);
        return published;
    }

    /** The output folder, made when it is first needed: by then the models are open, and it must be none of theirs. */
    private StagedFolder staged() {
        StagedFolder folder = staged;
        if (folder == null) {
            checkHistory();
            folder = StagedFolder.create(request.folder(), store.folders());
            staged = folder;
        }
        return folder;
    }

    @Override
    public void close() {
        if (staged != null) {
            staged.close();
        }
    }

    /** Whether {@link #keepHistory} will do, which comes after the merge. */
    private void checkHistory() {
        Path history = request.folder().resolve(SCORE_HISTORY);
        if (Files.exists(history)) {
            if (!Files.isRegularFile(history)) {
                throw new OutputException(history, "is no regular file. Move it away");
            }
            ContentCopy.fault(history).ifPresent(fault -> {
                throw new OutputException(history, fault);
            });
        }
    }

    /** Scores of earlier runs outlive the model they belong to. */
    private void keepHistory(StagedFolder next) {
        Path history = request.folder().resolve(SCORE_HISTORY);
        if (Files.exists(history)) {
            next.write(to -> ContentCopy.of(history, to.resolve(SCORE_HISTORY)));
        }
    }

    @Override
    public KitConfig config() {
        return request.config().withSeed(request.options().seed());
    }

    @Override
    public RunSettings settings() {
        return request.scoring().runSettings();
    }

    @Override
    public Path checkpointFolder() {
        return staged().path();
    }

    @Override
    public LoadedModels openModels() {
        return KitMerge.open(config(), store::open);
    }

    @Override
    public Path merge(String method) {
        return merge(method, config(), List.of());
    }

    @Override
    public Path merge(String method, KitConfig config, List<String> notes) {
        return write(registry.requireMethod(method).method(), this::registered, config, notes, staged());
    }

    @Override
    public Path merge(MergeMethod method) {
        return write(method, name -> method, config(), List.of(), staged());
    }

    @Override
    public Scores validate(String method, KitConfig config) {
        List<Dataset> sets = request.validation().get();
        try (StagedFolder candidate = StagedFolder.create(staged().path().resolve(CANDIDATE))) {
            Path merged = write(
                    registry.requireMethod(method).method(), this::registered, config, List.of(), candidate);
            Scores scores = score(merged, config, sets);
            listener.say("validation: " + config.listModels() + " " + config.parameterLambdas() + ": "
                    + SummaryLine.of(scores));
            return scores;
        }
    }

    /** Of a candidate, whose folder is gone when a message is read. */
    private Scores score(Path candidate, KitConfig config, List<Dataset> sets) {
        try {
            return request.scoring().validate(candidate, config.maxSeqLen(), config.maxGenLen(), sets);
        } catch (CheckpointException | ModelRunException failure) {
            String problem = "the average of " + config.listModels() + ": " + String.valueOf(failure.getMessage())
                    .replace(candidate + File.separator, "")
                    .replace(candidate + ": ", "");
            throw failure instanceof CheckpointException
                    ? new CheckpointException(config.file(), problem, failure)
                    : new ModelRunException(config.file(), problem, failure);
        }
    }

    @Override
    public Path locate(String path) {
        return locator.find(path).orElseThrow(() -> new ConfigException(config().file() + ": there is no file " + path
                + " in " + locator.roots() + ". Correct the path"));
    }

    @Override
    public void say(String line) {
        listener.say(line);
    }

    @Override
    public void note(String note) {
        listener.note(note);
    }

    private MergeMethod registered(String name) {
        return registry.requireMethod(name).method();
    }

    private Path write(
            MergeMethod method,
            MethodFinder methods,
            KitConfig config,
            List<String> notes,
            StagedFolder folder) {
        if (Files.exists(folder.path().resolve(CONFIG))) {
            throw new PluginException(request.folder().getFileName()
                    + ": its merge writes into checkpointFolder(), which holds a model already, or its config.json."
                    + " Correct the plugin: merge once, and first, and try candidates with validate().");
        }
        MergeConfig merge = KitMerge.of(config, method);
        MergePlan plan = new MergePlanner(store, methods).plan(merge, request.options());
        Problems problems = new Problems();
        ArchitectureCheck.check(config(), plan.configurationFolder(), problems);
        problems.throwIfAny();
        MergeListener shown = listener.merging();
        List<Note> ofConfig = KitMerge.notes(config, method);
        ofConfig.forEach(note -> listener.note(note.toString()));
        plan.notes().forEach(listener::note);
        MergeListener.Progress progress = shown.begin("merge", plan.outputBytes());
        Merger merger = Merger.of(plan, merge, request.options()).withNotes(ofConfig.stream().map(Note::text).toList())
                .withNotes(notes);
        folder.write(to -> merger.write(to, progress));
        progress.finished();
        return folder.path();
    }

    @Override
    public Predictor openPredictor(Path checkpoint) {
        return request.scoring().open(checkpoint, config().maxSeqLen(), config().maxGenLen());
    }

    @Override
    public Scores score(Predictor predictor) {
        EvaluationResult scored = request.scoring().score(predictor, request.datasets(), request.folder(),
                request.code());
        result = scored;
        return scored.scores();
    }
}
