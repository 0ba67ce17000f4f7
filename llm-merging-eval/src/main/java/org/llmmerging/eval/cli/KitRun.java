package org.llmmerging.eval.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.LoadedModels;
import org.llmmerging.MergeContext;
import org.llmmerging.Merges;
import org.llmmerging.Predictor;
import org.llmmerging.Scores;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.EvaluationResult;
import org.llmmerging.merge.KitMerge;
import org.llmmerging.merge.MergeExecutor;
import org.llmmerging.merge.MergePlan;
import org.llmmerging.merge.MergePlanner;
import org.llmmerging.merge.Merger;
import org.llmmerging.merge.ModelStore;
import org.llmmerging.plugin.PluginRegistry;

/** One run of a registered name: its three steps, in order, and what the kit does for each. */
final class KitRun implements MergeContext {
    private static final String SCORE_HISTORY = "scores.jsonl";

    private final Request request;
    private final PluginRegistry registry;
    private final ModelStore store;
    private final StagedFolder staged;
    private final Messages messages;
    private final ModelScoring scoring;
    private @Nullable EvaluationResult result;

    private KitRun(
            Request request, PluginRegistry registry, ModelStore store, StagedFolder staged, Messages messages) {
        this.request = request;
        this.registry = registry;
        this.store = store;
        this.staged = staged;
        this.messages = messages;
        this.scoring = new ModelScoring(request.settings(), request.skipBadRows(), messages);
    }

    /**
     * What is asked for.
     *
     * @param folder where the merged model, its scores and predictions go
     * @param datasets what it is scored on
     * @param settings how it is scored
     * @param skipBadRows whether rows that cannot be scored are left out
     * @param code stands for the code that evaluates it, see {@link ModelScoring#score}
     */
    record Request(
            KitConfig config,
            Path folder,
            List<Dataset> datasets,
            EvaluationSettings settings,
            boolean skipBadRows,
            String code) {
    }

    /**
     * What came of it.
     *
     * @param scores what the last step returned
     * @param result the answers behind them, or null when that step did not leave the scoring to the kit
     */
    record Outcome(Scores scores, @Nullable EvaluationResult result) {
    }

    /** Loads, merges and evaluates; the folder is what it was before unless the merge succeeds. */
    static Outcome run(
            Merges merges, Request request, PluginRegistry registry, Installation installation, Messages messages) {
        try (ModelStore store = new ModelStore(installation.modelLocator());
                StagedFolder staged = StagedFolder.create(request.folder())) {
            KitRun run = new KitRun(request, registry, store, staged, messages);
            LoadedModels models = merges.load(run);
            Path merged = merges.merge(run, models);
            if (merged.equals(staged.path())) {
                run.keepHistory();
                merged = staged.commit();
                messages.say("merged model: " + merged);
            }
            Scores scores = merges.evaluate(run, merged);
            return new Outcome(scores, run.result);
        }
    }

    /** Scores of earlier runs outlive the model they belong to. */
    private void keepHistory() {
        Path history = request.folder().resolve(SCORE_HISTORY);
        try {
            if (Files.exists(history)) {
                Files.copy(history, staged.path().resolve(SCORE_HISTORY));
            }
        } catch (IOException failure) {
            throw OutputException.of(history, failure, 0);
        }
    }

    @Override
    public KitConfig config() {
        return request.config();
    }

    @Override
    public Path checkpointFolder() {
        return staged.path();
    }

    @Override
    public LoadedModels openModels() {
        KitConfig kit = config();
        ModelReference base = kit.baseModel();
        SourceModel baseModel = base == null ? null : store.open(base);
        List<SourceModel> models = KitMerge.models(kit).stream().map(store::open).toList();
        return new LoadedModels(baseModel, models);
    }

    @Override
    public Path merge(String method) {
        MergeConfig merge = KitMerge.of(config(), registry.requireMethod(method).method());
        MergePlan plan = new MergePlanner(store, name -> registry.requireMethod(name).method())
                .plan(merge, config().seed());
        Messages.Progress progress = messages.start("merge", plan.outputBytes(), Messages.Unit.BYTES);
        MergeExecutor executor = new MergeExecutor(
                Runtime.getRuntime().availableProcessors(), Merger.DEFAULT_SHARD_BYTES, progress::advance);
        Map<String, Object> recipe = new LinkedHashMap<>();
        recipe.put("seed", config().seed());
        recipe.put("models", merge.models().stream().map(ModelReference::toString).toList());
        new Merger(executor).write(plan, recipe, staged);
        progress.finish();
        return staged.path();
    }

    @Override
    public Predictor openPredictor(Path checkpoint) {
        return scoring.open(checkpoint, config().maxSeqLen(), config().maxGenLen());
    }

    @Override
    public Scores score(Predictor predictor) {
        EvaluationResult scored = scoring.score(predictor, request.datasets(), request.folder(), request.code());
        result = scored;
        return scored.scores();
    }
}
