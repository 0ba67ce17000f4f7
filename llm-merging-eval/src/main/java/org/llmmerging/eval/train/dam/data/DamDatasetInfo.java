package org.llmmerging.eval.train.dam.data;

import java.util.List;

/**
 * What {@code dataset.json} says of a combined data set.
 *
 * @param models the models in the order of their column groups, which are numbered from 1; the base model, if it has
 *     one, is the last
 * @param baseModel name of the model that the others are fine-tunes of
 * @param encoderDecoder whether the models are encoder-decoders, so that rows have labels
 * @param vocabularySize number of logits at each position; every token id is below it
 * @param maxLength most tokens of one sequence
 * @param logits which logits are kept
 * @param k how many logits of each position, 0 unless {@code logits} is {@link StoredLogits#TOP_K}
 * @param seed what the rows were shuffled with
 * @param exampleCount number of rows
 */
public record DamDatasetInfo(
        List<DamColumnGroup> models,
        String baseModel,
        boolean encoderDecoder,
        int vocabularySize,
        int maxLength,
        StoredLogits logits,
        int k,
        long seed,
        int exampleCount) {
    /** Version of the format that is written, and the only one that is read. */
    public static final int FORMAT_VERSION = 1;

    public DamDatasetInfo {
        models = List.copyOf(models);
    }

    /** Number of logits kept at each position: k, the size of the vocabulary, or 0. */
    public int logitsWidth() {
        return switch (logits) {
            case NONE -> 0;
            case TOP_K -> k;
            case FULL -> vocabularySize;
        };
    }
}
