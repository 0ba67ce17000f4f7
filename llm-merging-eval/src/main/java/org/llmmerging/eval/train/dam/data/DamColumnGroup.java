package org.llmmerging.eval.train.dam.data;

import java.util.List;

/**
 * The model that a column group of a combined data set belongs to, and where its rows come from.
 *
 * @param model the model's name, as it was given: a folder or {@code org/name}
 * @param isBase whether it is the base model and not one of those that are merged
 * @param dataset the data set's name, as it was given
 * @param files the files that the data set was read from
 * @param chatTemplate whether the model's chat template was applied
 * @param tokenizerSha256 digest of its {@code tokenizer.json}
 */
public record DamColumnGroup(
        String model,
        boolean isBase,
        String dataset,
        List<DamSourceFile> files,
        boolean chatTemplate,
        String tokenizerSha256) {
    public DamColumnGroup {
        files = List.copyOf(files);
    }
}
