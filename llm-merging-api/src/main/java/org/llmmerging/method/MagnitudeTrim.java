package org.llmmerging.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.llmmerging.Paper;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.Shape;

/**
 * Keeps the {@code int(density · n)} elements of largest magnitude (TIES, Yadav et al. 2023); of equal ones at the cut
 * those of lowest index. A tensor of one element is kept, unless the density is 0.
 */
final class MagnitudeTrim implements Sparsifier {

    @Override
    public Paper paper() {
        return Paper.arxiv("TIES-Merging", "2306.01708");
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(Sparsifier.density());
    }

    @Override
    public void check(Shape shape, int models, Parameters parameters) {
        for (int model = 0; model < models; model++) {
            kept(parameters.number("density", model), model, shape.elements());
        }
    }

    /** @throws ConfigException when a density is so small that nothing would be left */
    @Override
    public ElementMask prepare(TensorInputs inputs, Parameters parameters) {
        long elements = inputs.shape().elements();
        List<MagnitudeSelection.Query> queries = new ArrayList<>();
        for (int model = 0; model < inputs.modelCount(); model++) {
            long kept = kept(parameters.number("density", model), model, elements);
            queries.add(new MagnitudeSelection.Query(model, kept));
        }
        MagnitudeCut[] cuts = new MagnitudeSelection(inputs, ElementScores.MAGNITUDES).select(queries);
        MagnitudeCut[] removed = new MagnitudeCut[cuts.length];
        Arrays.fill(removed, MagnitudeCut.NONE);
        return new MagnitudeMask(cuts, removed);
    }

    private static long kept(double density, int model, long elements) {
        long kept = density >= 1 ? elements : (long) (density * elements);
        if (elements == 1 && density > 0) {
            return 1;
        }
        if (kept == 0 && elements > 0) {
            throw new ConfigException("density " + density + " of model " + (model + 1)
                    + " besides the base keeps none of the " + elements
                    + " elements. Raise it, or give this tensor a density of its own by a filter");
        }
        return kept;
    }
}
