package org.llmmerging.method;

import java.util.List;
import org.llmmerging.Block;
import org.llmmerging.Paper;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.tensor.CounterRandom;

/** Keeps each element with probability {@code density}, independently (DARE, Yu et al. 2023). */
final class RandomDrop implements Sparsifier {

    @Override
    public Paper paper() {
        return Paper.arxiv("Language models are super Mario (DARE)", "2311.03099");
    }

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(Sparsifier.density());
    }

    @Override
    public ElementMask prepare(TensorInputs inputs, Parameters parameters) {
        int models = inputs.modelCount();
        CounterRandom[] random = new CounterRandom[models];
        double[] densities = PerModelValues.of("density", models, parameters);
        for (int model = 0; model < models; model++) {
            random[model] = CounterRandom.of(parameters.seed(), inputs.tensorName(), model);
        }
        return new Mask(densities, random);
    }

    private record Mask(double[] densities, CounterRandom[] random) implements ElementMask {
        @Override
        public boolean keepsAll(int model) {
            return densities[model] >= 1;
        }

        @Override
        public Reader reader() {
            return this::fill;
        }

        private void fill(Block block, int model, int from, int length, long[] kept) {
            int threshold = CounterRandom.threshold(densities[model]);
            random[model].fillBelow(block.offset() + from, threshold, kept, length);
        }
    }
}
