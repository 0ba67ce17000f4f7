package org.llmmerging.merge;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.config.Position;
import org.llmmerging.tokenizer.EmbeddingRows;
import org.llmmerging.tokenizer.OutputVocabulary;
import org.llmmerging.tokenizer.RemappedSource;

/**
 * The output's vocabulary and, for every tensor that has a row for each token, how to read it in that vocabulary.
 *
 * @param folder the model whose tokenizer it extends
 * @param models the names of the tensors of each model, in the order that {@code rows} counts
 * @param lending where the configuration has each of these models lend rows
 * @param tokenIds what the ids of the first model are in the output
 */
record VocabularyPlan(
        Path folder,
        OutputVocabulary vocabulary,
        EmbeddingRows rows,
        List<TensorNames> models,
        List<Position> lending,
        TokenIds tokenIds) {

    /**
     * A model's tensor in the output's order of rows.
     *
     * @param output name of the output tensor
     * @param source the model's tensor for it
     */
    TensorSource remap(String output, SourceModel model, TensorSource source) {
        Map<Integer, TensorSource> donors = new HashMap<>();
        int index = index(model);
        for (int donor : rows.donors(index)) {
            TensorNames names = models.get(donor);
            names.resolve(output).ifPresent(name -> donors.put(donor, names.model().source(name)));
        }
        return RemappedSource.of(source, index, rows, donors);
    }

    /**
     * Checks the models that lend rows of a tensor without being merged there: those that are have their shapes and
     * types compared anyway.
     *
     * @param output name of the output tensor
     * @param inputs the tensors that are merged
     * @param problems receives every model whose rows the merged ones cannot take
     */
    void checkLenders(String output, List<Recipe.Input> inputs, GroupedProblems problems) {
        Set<Integer> known = new HashSet<>();
        inputs.forEach(input -> known.add(index(input.model())));
        for (Recipe.Input input : inputs) {
            TensorSource borrower = input.model().source(input.stored());
            int[] lenders = TensorRoles.isVocabulary(borrower.info())
                    ? rows.donors(index(input.model()))
                    : new int[0];
            for (int lender : lenders) {
                if (known.add(lender)) {
                    check(output, borrower, lender, problems);
                }
            }
        }
    }

    private void check(String output, TensorSource borrower, int index, GroupedProblems problems) {
        SourceModel lender = models.get(index).model();
        Position position = lending.get(index);
        Optional<String> name = models.get(index).resolve(output);
        if (name.isEmpty()) {
            problems.add(
                    "no rows of " + lender.label(),
                    position,
                    lender.label() + " has no tensor " + output + " to take rows of",
                    output,
                    "Name a model that has it");
            return;
        }
        TensorInfo lent = lender.source(name.get()).info();
        TensorInfo own = borrower.info();
        if (!VocabularyFit.rowsAreAlike(own, lent)) {
            problems.add(
                    "rows of " + lender.label(),
                    position,
                    "tensor " + output + " has shape " + lent.shape() + " in " + lender.label() + " and " + own.shape()
                            + " in " + borrower.model() + ", whose rows are of another size",
                    output + " (" + lent.shape() + " and " + own.shape() + ")",
                    "Name a model of the same size");
        } else if (own.dtype().isMergeable() && !lent.dtype().isMergeable()) {
            problems.add(
                    "types of " + lender.label(),
                    position,
                    "tensor " + lent.name() + " of " + lender.label() + " has type " + lent.dtype().torchName()
                            + ", which cannot be merged with floating-point numbers",
                    output,
                    "Convert that model first");
        }
    }

    private int index(SourceModel model) {
        return models.stream().map(TensorNames::model).toList().indexOf(model);
    }
}
