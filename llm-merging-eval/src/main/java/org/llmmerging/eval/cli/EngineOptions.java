package org.llmmerging.eval.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.Merger;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.tensor.DType;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options of mergekit-yaml that change how a merge is done. */
final class EngineOptions {
    @Option(
            names = "--random-seed",
            paramLabel = "N",
            description = "Seed of random methods. Default: 42, or seed: of a kit configuration.")
    private @Nullable Long seed;

    @Option(
            names = "--num-threads",
            paramLabel = "N",
            converter = PositiveNumber.class,
            description = "Threads that work. Default: one per processor.")
    private @Nullable Integer threads;

    @Option(
            names = "--out-shard-size",
            paramLabel = "SIZE",
            converter = ShardSize.class,
            description = "Most bytes of weights in one file; K, M and B are thousand, million and thousand million."
                    + " Default: 5B.")
    private long shardBytes = Merger.DEFAULT_SHARD_BYTES;

    @Option(
            names = "--copy-tokenizer",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Put the base model's tokenizer into the output. On by default.")
    private boolean copyTokenizer;

    @Option(
            names = "--write-model-card",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Write README.md and mergekit_config.yml into the output. On by default.")
    private boolean writeModelCard;

    @Option(
            names = "--allow-crimes",
            negatable = true,
            description = "Merge models of different vocabulary by cutting them, as mergekit does.")
    private boolean allowCrimes;

    @Option(
            names = "--allow-non-finite",
            negatable = true,
            description = "Merge values that are NaN or infinite like others, whatever comes of it. Refused otherwise.")
    private boolean allowNonFinite;

    @Option(
            names = "--lora-merge-dtype",
            paramLabel = "DTYPE",
            converter = TorchType.class,
            description = "Round the weights of a model with an adapter to this type once the adapter is applied."
                    + " Default: no rounding.")
    private @Nullable DType adaptedType;

    @Option(
            names = "--transformers-cache",
            paramLabel = "DIR",
            description = "Look for Hub models in this cache folder. Default: what HF_HUB_CACHE or HF_HOME says.")
    private @Nullable Path hubCache;

    @ArgGroup(
            validate = false,
            heading = "%nTaken so that command lines for mergekit work, without effect:%n")
    private final UnneededOptions unneeded = new UnneededOptions();

    /** Reports what was given and is without effect. */
    void explain(Messages messages) {
        unneeded.explain(messages);
    }

    /** The options of one merge. */
    MergeOptions options(long defaultSeed) {
        MergeOptions options = MergeOptions.defaults(seed == null ? defaultSeed : seed)
                .withMaxShardBytes(shardBytes)
                .withCopyTokenizer(copyTokenizer)
                .withWriteModelCard(writeModelCard)
                .withAllowCrimes(allowCrimes)
                .withAllowNonFinite(allowNonFinite)
                .withAdaptedType(adaptedType);
        return threads == null ? options : options.withThreads(threads);
    }

    /** Finds models where the options of this run say. */
    ModelLocator modelLocator(Installation installation) {
        return hubCache == null ? installation.modelLocator() : installation.modelLocator(new HubCache(hubCache));
    }
}
