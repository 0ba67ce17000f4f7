package org.llmmerging.eval.train.dam;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Position;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;
import org.llmmerging.eval.train.FloatTensorFile;
import org.llmmerging.merge.MergeExecutor;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.MergePlan;
import org.llmmerging.merge.MergePlanner;
import org.llmmerging.merge.Merger;
import org.llmmerging.merge.ModelStore;

/** Folds a merge into a plain checkpoint, in the models' type, with configuration and tokenizer. */
final class DamOutput {
    private DamOutput() {}

    /**
     * Writes the checkpoint, {@code coefficients.safetensors} and, last, {@code manifest.json}.
     *
     * @param origin what the models were named in, for messages
     * @param recipe what the manifest says of how it was made
     * @param folder exists and is seen by nobody else yet
     */
    static void write(DamMerge merge, ModelStore store, Path origin, Map<String, Object> recipe, Path folder) {
        Position position = Position.of(origin);
        List<Sources.Input> inputs = new ArrayList<>();
        merge.models().forEach(model -> inputs.add(new Sources.Input(model, Settings.none(), position)));
        MergeConfig config = MergeConfig.ofModels(origin, DamFold.NAME, merge.base(), inputs, Settings.none());
        MergeOptions options = MergeOptions.defaults(merge.settings().seed());
        DamFold method = new DamFold(merge.coefficients(), merge.settings().nonLinearity());
        MergePlan plan = new MergePlanner(store, name -> method).plan(config, options);
        FloatTensorFile.write(
                folder.resolve(DamFolder.COEFFICIENTS), merge.coefficients().values(), merge.coefficients().models());
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("base_model", merge.base().toString());
        described.put("models", merge.models().stream().map(Object::toString).toList());
        described.put("non_linearity", merge.settings().nonLinearity().key());
        described.put("use_base_model", merge.settings().useBaseModel());
        described.putAll(recipe);
        MergeExecutor executor = new MergeExecutor(options.threads(), options.maxShardBytes(), bytes -> {});
        new Merger(executor, options.copyTokenizer()).write(plan, described, Map.of(), folder);
    }
}
