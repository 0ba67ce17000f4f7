package org.llmmerging.merge;

import org.jspecify.annotations.Nullable;
import org.llmmerging.tensor.DType;

/**
 * What is the same for all merges of a run and not part of their configurations.
 *
 * @param seed seed of everything random
 * @param threads how many threads work, at least 1; the result does not depend on it
 * @param maxShardBytes a new weight file is begun before one grows beyond this
 * @param copyTokenizer whether tokenizer files go with the output
 * @param writeModelCard whether {@code README.md} and {@code mergekit_config.yml} are written
 * @param allowCrimes whether models of different vocabulary are merged by cutting them, as mergekit does
 * @param allowNonFinite whether values that are not finite are merged like others, whatever comes of it, or refused
 * @param adaptedType what the weights of a model with an adapter are rounded to, or null for no rounding
 */
public record MergeOptions(
        long seed,
        int threads,
        long maxShardBytes,
        boolean copyTokenizer,
        boolean writeModelCard,
        boolean allowCrimes,
        boolean allowNonFinite,
        @Nullable DType adaptedType) {

    /** @throws IllegalArgumentException when there is no thread or no room in a shard */
    public MergeOptions {
        if (threads < 1 || maxShardBytes < 1) {
            throw new IllegalArgumentException(threads + " threads, " + maxShardBytes + " bytes in a shard");
        }
    }

    /** All that decides a stage's weights, configuration and tokenizer, as text: neither threads nor the card do. */
    String decisive() {
        return "seed " + seed + " adapters " + adaptedType + " tokenizer " + copyTokenizer + " crimes " + allowCrimes
                + " non-finite " + allowNonFinite + " shards " + maxShardBytes;
    }

    /** All processors, weight files of the usual size, with tokenizer and model card. */
    public static MergeOptions defaults(long seed) {
        int threads = Runtime.getRuntime().availableProcessors();
        return new MergeOptions(seed, threads, Merger.DEFAULT_SHARD_BYTES, true, true, false, false, null);
    }

    /** These options, carried out by so many threads. */
    public MergeOptions withThreads(int count) {
        return new MergeOptions(
                seed, count, maxShardBytes, copyTokenizer, writeModelCard, allowCrimes, allowNonFinite, adaptedType);
    }

    /** These options, with weight files of so many bytes. */
    public MergeOptions withMaxShardBytes(long bytes) {
        return new MergeOptions(
                seed, threads, bytes, copyTokenizer, writeModelCard, allowCrimes, allowNonFinite, adaptedType);
    }

    /** These options, with tokenizer files or without. */
    public MergeOptions withCopyTokenizer(boolean copied) {
        return new MergeOptions(
                seed, threads, maxShardBytes, copied, writeModelCard, allowCrimes, allowNonFinite, adaptedType);
    }

    /** These options, with a model card or without. */
    public MergeOptions withWriteModelCard(boolean written) {
        return new MergeOptions(
                seed, threads, maxShardBytes, copyTokenizer, written, allowCrimes, allowNonFinite, adaptedType);
    }

    /** These options, with vocabularies of different size cut to fit or refused. */
    public MergeOptions withAllowCrimes(boolean allowed) {
        return new MergeOptions(
                seed, threads, maxShardBytes, copyTokenizer, writeModelCard, allowed, allowNonFinite, adaptedType);
    }

    /** These options, with values that are not finite merged or refused. */
    public MergeOptions withAllowNonFinite(boolean allowed) {
        return new MergeOptions(
                seed, threads, maxShardBytes, copyTokenizer, writeModelCard, allowCrimes, allowed, adaptedType);
    }

    /** These options, with the weights of models with an adapter rounded to a type, or not where it is null. */
    public MergeOptions withAdaptedType(@Nullable DType type) {
        return new MergeOptions(
                seed, threads, maxShardBytes, copyTokenizer, writeModelCard, allowCrimes, allowNonFinite, type);
    }
}
