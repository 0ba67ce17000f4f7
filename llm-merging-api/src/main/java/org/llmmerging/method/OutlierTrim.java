package org.llmmerging.method;

import java.util.ArrayList;
import java.util.List;
import org.llmmerging.Paper;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;

/**
 * Drops the {@code int(gamma · n)} elements of largest magnitude and keeps the {@code int(density · n)} next ones
 * (Model Breadcrumbs, Davari and Belilovsky 2023). When too few would be left, fewer of the largest are dropped. Of
 * equal magnitudes the lowest index ranks first. A tensor of one element is kept, unless the density is 0.
 */
final class OutlierTrim implements Sparsifier {

    @Override
    public Paper paper() {
        return Paper.arxiv("Model breadcrumbs", "2312.06795");
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(
                Sparsifier.density(),
                ParameterSpec.perModel("gamma").withDefault(0.01).within(0, 1)
                        .describedAs("share of the elements, the largest, that is left out before `density` is kept"));
    }

    @Override
    public ElementMask prepare(TensorInputs inputs, Parameters parameters) {
        long elements = inputs.shape().elements();
        List<MagnitudeSelection.Query> queries = new ArrayList<>();
        int models = inputs.modelCount();
        for (int model = 0; model < models; model++) {
            double density = parameters.number("density", model);
            long kept = density >= 1 || (elements == 1 && density > 0) ? elements : (long) (density * elements);
            long dropped = Math.min((long) (parameters.number("gamma", model) * elements), elements - kept);
            queries.add(new MagnitudeSelection.Query(model, dropped + kept));
            queries.add(new MagnitudeSelection.Query(model, dropped));
        }
        MagnitudeCut[] cuts = new MagnitudeSelection(inputs, ElementScores.MAGNITUDES).select(queries);
        MagnitudeCut[] kept = new MagnitudeCut[models];
        MagnitudeCut[] removed = new MagnitudeCut[models];
        for (int model = 0; model < models; model++) {
            kept[model] = cuts[2 * model];
            removed[model] = cuts[2 * model + 1];
        }
        return new MagnitudeMask(kept, removed);
    }
}
