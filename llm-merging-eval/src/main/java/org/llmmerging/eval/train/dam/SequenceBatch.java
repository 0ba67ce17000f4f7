package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.train.dam.data.DamSequence;

/**
 * Sequences that a model reads in one pass. Padding is left out: positions are those of the sequences' tokens, one
 * sequence after the other.
 *
 * @param inputs what is read, without padding
 * @param labels of encoder-decoders what their decoder is to write; empty arrays for decoders
 */
record SequenceBatch(List<int[]> inputs, List<int[]> labels) {
    static SequenceBatch of(List<DamSequence> sequences) {
        return new SequenceBatch(
                sequences.stream().map(DamSequence::inputIds).toList(),
                sequences.stream().map(DamSequence::labels).toList());
    }

    /** Number of positions of one sequence. */
    int positions(int sequence) {
        int[] written = labels.get(sequence);
        return written.length == 0 ? inputs.get(sequence).length : written.length;
    }

    /**
     * The logits at every position: of the token after each one read or, for encoder-decoders, of each label.
     *
     * @return float32 {@code [positions, vocabulary]}, differentiable by the model's weights
     */
    NDArray logits(LanguageModel model, NDManager scope) {
        NDArray hidden = model.predictingStates(scope, inputs, labels);
        return model.logitsAt(scope, hidden, columns(Math.toIntExact(hidden.getShape().get(1))));
    }

    private int[] columns(int width) {
        List<Integer> columns = new ArrayList<>();
        for (int sequence = 0; sequence < inputs.size(); sequence++) {
            for (int position = 0; position < positions(sequence); position++) {
                columns.add(sequence * width + position);
            }
        }
        return columns.stream().mapToInt(Integer::intValue).toArray();
    }
}
