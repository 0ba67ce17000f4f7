package org.llmmerging.eval.train.dam.data;

import java.util.List;

/**
 * One row of a combined data set.
 *
 * @param sequences one for each model, in the order of {@link DamDatasetInfo#models()}
 */
public record DamRow(List<DamSequence> sequences) {
    public DamRow {
        sequences = List.copyOf(sequences);
    }
}
