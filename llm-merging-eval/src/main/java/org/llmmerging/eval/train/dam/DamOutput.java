package org.llmmerging.eval.train.dam;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Position;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;
import org.llmmerging.eval.train.FloatTensorFile;
import org.llmmerging.merge.MergeListener;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.MergePlan;
import org.llmmerging.merge.MergePlanner;
import org.llmmerging.merge.Merger;
import org.llmmerging.merge.ModelStore;
import org.llmmerging.tokenizer.TokenizerFile;

/** The plain checkpoint that a merge is folded into, in the models' type. */
final class DamOutput {
    private final DamMerge untrained;
    private final ModelStore store;
    private final MergeConfig config;
    private final MergeOptions options;
    private final MergeListener listener;

    /**
     * @param origin what the models were named in, for messages
     * @param seed of the training
     * @param listener notified of what a plan notes, and of the weights that are written
     */
    DamOutput(DamMerge untrained, ModelStore store, Path origin, long seed, MergeListener listener) {
        Position position = Position.of(origin);
        List<Sources.Input> inputs = new ArrayList<>();
        untrained.models().forEach(model -> inputs.add(new Sources.Input(model, Settings.none(), position)));
        this.untrained = untrained;
        this.store = store;
        this.config = MergeConfig.ofModels(origin, DamFold.NAME, untrained.base(), inputs, Settings.none());
        this.options = MergeOptions.defaults(seed);
        this.listener = listener;
    }

    /**
     * Finds out before the training, and not after it, what would be in the way of the checkpoint, and reports what the
     * user should know of it.
     *
     * @param folder where it will be
     */
    void check(Path folder) {
        MergePlan plan = plan(untrained.coefficients());
        plan.notes().forEach(listener::note);
        if (!Files.exists(store.open(untrained.base()).folder().resolve(TokenizerFile.NAME))) {
            listener.note("the output will have no tokenizer.json, for the base " + untrained.base()
                    + " has none. It cannot be evaluated without one. Copy the tokenizer's files from a fine-tune");
        }
        Merger.of(plan, config, options).checkSpace(folder);
    }

    /**
     * Writes the checkpoint, its model card, {@code coefficients.safetensors} and, last, {@code manifest.json}.
     *
     * @param training how the coefficients were learned, by the names that the user knows
     * @param folder exists and is seen by nobody else yet
     */
    void write(Coefficients learned, Map<String, Object> training, Path folder) {
        MergePlan plan = plan(learned);
        FloatTensorFile.write(folder.resolve(DamFolder.COEFFICIENTS), learned.values(), learned.models());
        Map<String, Object> origin = new LinkedHashMap<>();
        origin.put("base_model", untrained.base().toString());
        origin.put("coefficients", untrained.settings().byName());
        origin.put("training", training);
        MergeListener.Progress progress = listener.begin("merge", plan.outputBytes());
        Merger.of(plan, config, options)
                .with(origin)
                .withNotes(List.of(
                        "Folded by Differentiable Adaptive Merging (arXiv 2410.08371), with the coefficients in `"
                                + DamFolder.COEFFICIENTS + "`: " + inWords(untrained.settings().byName()) + ".",
                        "These were learned with " + inWords(training) + "."))
                .write(folder, progress);
        progress.finished();
    }

    private MergePlan plan(Coefficients coefficients) {
        DamFold method = DamFold.of(untrained.with(coefficients));
        return new MergePlanner(store, name -> method).plan(config, options);
    }

    private static String inWords(Map<String, Object> settings) {
        return settings.entrySet().stream()
                .map(setting -> "`" + setting.getKey() + "` " + setting.getValue())
                .collect(Collectors.joining(", "));
    }
}
