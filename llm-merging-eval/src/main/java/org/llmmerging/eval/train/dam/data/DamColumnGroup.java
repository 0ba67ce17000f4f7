package org.llmmerging.eval.train.dam.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The model that a column group of a combined data set belongs to, and where its rows come from.
 *
 * @param model the model's name, as it was given: a folder or {@code org/name}
 * @param isBase whether it is the base model and not one of those that are merged
 * @param dataset the data set's name, as it was given
 * @param files the files that the data set was read from
 * @param chatTemplate whether the model's chat template was applied
 * @param tokenizerSha256 digest of its {@code tokenizer.json}
 * @param fingerprint the model's {@link org.llmmerging.eval.io.ModelFingerprint}, or null where the set does not say
 */
public record DamColumnGroup(
        String model,
        boolean isBase,
        String dataset,
        List<DamSourceFile> files,
        boolean chatTemplate,
        String tokenizerSha256,
        @Nullable String fingerprint) {
    public DamColumnGroup {
        files = List.copyOf(files);
    }
}
