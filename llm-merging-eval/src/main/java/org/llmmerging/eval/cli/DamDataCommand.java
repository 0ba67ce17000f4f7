package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.eval.task.DatasetException;
import org.llmmerging.eval.train.dam.data.DamDataMaker;
import org.llmmerging.eval.train.dam.data.DamDataOptions;
import org.llmmerging.eval.train.dam.data.DamModelInput;
import org.llmmerging.eval.train.dam.data.StoredLogits;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./main dam data}: the combined data set that {@code dam train} learns from. */
@Command(
        name = "data",
        customSynopsis = {
            "main dam data --dataset_names=DATASET,... --model_ids=MODEL,...",
            "                     --base_model_name=MODEL --dataset_id=DIR [OPTION]..."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {"Make the data set that dam train learns from: rows of each model's own training data.",
            "A data set is a CSV, JSON lines or Parquet file, a folder of such files, or org/name in the Hugging Face"
                    + " cache. Nothing is downloaded."})
final class DamDataCommand implements Callable<Integer> {
    private static final String EXAMPLE_COUNT = "--example_count";
    private static final int DEFAULT_K = 128;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Option(
            names = "--dataset_names",
            required = true,
            split = ",",
            paramLabel = "DATASET",
            description = "A data set for each model, in their order.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private List<String> datasets;

    @Option(
            names = "--model_ids",
            required = true,
            split = ",",
            paramLabel = "MODEL",
            description = "The models to merge: folders, LoRA adapters on the base, or org/name in the cache.")
    @SuppressWarnings("NullAway.Init")
    private List<String> models;

    @Option(
            names = "--base_model_name",
            required = true,
            paramLabel = "MODEL",
            description = "The model that they are fine-tunes of.")
    @SuppressWarnings("NullAway.Init")
    private String base;

    @Option(
            names = "--base_model_dataset_name",
            paramLabel = "DATASET",
            description = "Data for the base model, which then has the last column group.")
    private @Nullable String baseDataset;

    @Option(
            names = "--dataset_id",
            required = true,
            paramLabel = "DIR",
            description = "The folder to write; replaced if it is a data set.")
    @SuppressWarnings("NullAway.Init")
    private Path output;

    @Option(
            names = EXAMPLE_COUNT,
            defaultValue = "1729",
            converter = PositiveNumber.class,
            paramLabel = "N",
            description = "Rows to choose. Default: ${DEFAULT-VALUE}.")
    private int exampleCount;

    @Option(
            names = "--max_length",
            defaultValue = "2048",
            converter = PositiveNumber.class,
            paramLabel = "N",
            description = "Longer rows are cut to so many tokens. Default: ${DEFAULT-VALUE}.")
    private int maxLength;

    @Option(
            names = "--add_top_k_logits",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Keep each model's largest logits on its rows.")
    private boolean topK;

    @Option(
            names = "--k",
            converter = PositiveNumber.class,
            paramLabel = "N",
            description = "How many logits of each position. Default: " + DEFAULT_K + ".")
    private @Nullable Integer k;

    @Option(
            names = "--compute_logits",
            arity = "0..1",
            fallbackValue = "true",
            paramLabel = "true|false",
            description = "Keep the logits of the whole vocabulary; with --add_top_k_logits the largest.")
    private boolean computeLogits;

    @Option(
            names = "--cache_dir",
            paramLabel = "DIR",
            description = "Look for org/name in this cache folder. Default: what HF_HUB_CACHE or HF_HOME says.")
    private @Nullable Path cacheFolder;

    @Mixin
    private final SeedOption seed = new SeedOption(KitConfig.DEFAULT_SEED);

    @Mixin
    private final SkipBadRowsOption badRows = new SkipBadRowsOption();

    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Override
    public Integer call() {
        check();
        StoredLogits logits = topK ? StoredLogits.TOP_K : computeLogits ? StoredLogits.FULL : StoredLogits.NONE;
        HubCache cache = cacheFolder == null ? Installation.current().hubCache() : new HubCache(cacheFolder);
        ModelLocator locator = Installation.current().modelLocator(cache);
        DamDataOptions options = new DamDataOptions(
                base,
                exampleCount,
                EXAMPLE_COUNT,
                maxLength,
                logits,
                topK ? chosenK() : 0,
                seed.seed(),
                badRows.skips(),
                true,
                device.device());
        try (ModelStore store = new ModelStore(locator)) {
            SourceModel baseModel = store.open(ModelReference.ofArgument(base));
            List<DamModelInput> inputs = new ArrayList<>();
            for (int i = 0; i < models.size(); i++) {
                inputs.add(input(models.get(i), false, datasets.get(i), store, locator, cache));
            }
            if (baseDataset != null) {
                inputs.add(input(base, true, baseDataset, store, locator, cache));
            }
            List<Path> read = new ArrayList<>(store.folders());
            inputs.forEach(each -> read.addAll(each.files()));
            Messages messages = messageOptions.messages();
            Path written = new DamDataMaker(options, new ShownDamData(messages)).make(baseModel, inputs, output, read);
            messages.say("wrote " + written);
        }
        return 0;
    }

    private void check() {
        if (models.size() != datasets.size()) {
            throw new ParameterException(spec.commandLine(),
                    "--model_ids names " + models.size() + " models and --dataset_names "
                            + datasets.size() + " data sets. Give a data set for each model, in the same order");
        }
        if (k != null && !topK) {
            throw new ParameterException(spec.commandLine(),
                    "--k says how many logits are kept, and none are. Add --add_top_k_logits true, or leave it out");
        }
    }

    private int chosenK() {
        return k == null ? DEFAULT_K : k;
    }

    private DamModelInput input(String name, boolean isBase, String dataset, ModelStore store, ModelLocator locator,
            HubCache cache) {
        ModelReference reference = ModelReference.ofArgument(name);
        SourceModel source = store.open(store.onBase(reference, ModelReference.ofArgument(base)));
        return new DamModelInput(
                name,
                isBase,
                source,
                dataset,
                DamModelInput.filesOf(dataset(dataset, locator, cache)));
    }

    /** A file or folder, seen from the same folders as models, or a data set in the cache. */
    private static Path dataset(String name, ModelLocator locator, HubCache cache) {
        return locator.find(name).or(() -> cache.datasetSnapshot(name, null)).orElseThrow(() -> new DatasetException(
                Path.of(name.replace('\0', '?')), "there is no such file or folder in " + locator.roots()
                        + ", and the Hugging Face cache " + cache.folder() + " has no such data set. Correct the path,"
                        + " or download it first with: hf download --repo-type dataset " + name));
    }
}
