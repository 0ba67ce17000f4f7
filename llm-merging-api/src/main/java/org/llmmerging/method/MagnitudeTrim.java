package org.llmmerging.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.config.ConfigException;

/**
 * Keeps the {@code int(density · n)} elements of largest magnitude (TIES, Yadav et al. 2023); of equal ones at the cut
 * those of lowest index. A tensor of one element is kept, unless the density is 0.
 */
final class MagnitudeTrim implements Sparsifier {

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(Sparsifier.density());
    }

    /** @throws ConfigException when a density is so small that nothing would be left */
    @Override
    public ElementMask prepare(TensorInputs inputs, Parameters parameters) {
        long elements = inputs.shape().elements();
        List<MagnitudeSelection.Query> queries = new ArrayList<>();
        for (int model = 0; model < inputs.modelCount(); model++) {
            double density = parameters.number("density", model);
            long kept = density >= 1 ? elements : (long) (density * elements);
            if (elements == 1 && density > 0) {
                kept = 1;
            }
            if (kept == 0 && elements > 0) {
                throw new ConfigException("density " + density + " of model " + (model + 1) + " keeps none of the "
                        + elements + " elements of " + inputs.tensorName()
                        + ". Raise it, or give this tensor a density of its own by a filter");
            }
            queries.add(new MagnitudeSelection.Query(model, kept));
        }
        MagnitudeCut[] cuts = new MagnitudeSelection(inputs, Scores.MAGNITUDES).select(queries);
        MagnitudeCut[] removed = new MagnitudeCut[cuts.length];
        Arrays.fill(removed, MagnitudeCut.NONE);
        return new MagnitudeMask(cuts, removed);
    }
}
