package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tokenizer.EmbeddingRows;
import org.llmmerging.tokenizer.OutputVocabulary;
import org.llmmerging.tokenizer.RemappedSource;

/**
 * The output's vocabulary and, for every tensor that has a row for each token, how to read it in that vocabulary.
 *
 * @param folder the model whose tokenizer it extends
 * @param models the names of the tensors of each model, in the order that {@code rows} counts
 * @param newIds ids that mean another token in the output than in the first model, with that token's id in the output,
 *     or −1 when the output lacks it
 */
record VocabularyPlan(
        Path folder,
        OutputVocabulary vocabulary,
        EmbeddingRows rows,
        List<TensorNames> models,
        Map<Integer, Integer> newIds) {

    /**
     * A model's tensor in the output's order of rows.
     *
     * @param output name of the output tensor
     * @param source the model's tensor for it
     */
    TensorSource remap(String output, SourceModel model, TensorSource source) {
        Map<Integer, TensorSource> donors = new HashMap<>();
        int index = -1;
        for (int donor : rows.donors()) {
            TensorNames names = models.get(donor);
            names.resolve(output).ifPresent(name -> donors.put(donor, names.model().source(name)));
        }
        for (int i = 0; i < models.size(); i++) {
            index = models.get(i).model().equals(model) ? i : index;
        }
        return RemappedSource.of(source, index, rows, donors);
    }
}
