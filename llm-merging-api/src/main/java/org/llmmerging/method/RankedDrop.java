package org.llmmerging.method;

import java.util.List;
import org.llmmerging.Block;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.CounterRandom;
import org.llmmerging.tensor.Shape;

/**
 * Keeps each element with a probability that grows with its rank among the magnitudes of its row, linearly from
 * {@code density − epsilon} for the smallest to {@code density + epsilon} for the largest (MagPrune of DELLA, Deep et
 * al. 2024). Of equal magnitudes the lowest index ranks lowest. A row of one element has probability {@code density}.
 */
final class RankedDrop implements Sparsifier {

    @Override
    public List<ParameterSpec> parameters() {
        return List.of(
                Sparsifier.density(),
                ParameterSpec.perModel("epsilon").withDefault(0.15).within(0, 1));
    }

    @Override
    public void check(Shape shape, int models, Parameters parameters) {
        for (int model = 0; model < models; model++) {
            check(parameters.number("density", model), parameters.number("epsilon", model), model);
        }
    }

    private static void check(double density, double epsilon, int model) {
        if (density < 1 && (density + epsilon >= 1 || density - epsilon <= 0)) {
            throw new ConfigException("density " + density + " ± epsilon " + epsilon + " of model " + (model + 1)
                    + " does not lie between 0 and 1. Choose a smaller epsilon");
        }
    }

    /** @throws ConfigException when a probability would not lie between 0 and 1 */
    @Override
    public ElementMask prepare(TensorInputs inputs, Parameters parameters) {
        int models = inputs.modelCount();
        CounterRandom[] random = new CounterRandom[models];
        double[] densities = Weights.of("density", models, parameters);
        double[] epsilons = Weights.of("epsilon", models, parameters);
        boolean sparse = false;
        for (int model = 0; model < models; model++) {
            double density = densities[model];
            check(density, epsilons[model], model);
            sparse |= density < 1;
            random[model] = CounterRandom.of(parameters.seed(), inputs.tensorName(), model);
        }
        if (!sparse) {
            return ElementMask.EVERYTHING;
        }
        return new Mask(densities, epsilons, random, Math.toIntExact(inputs.shape().columns()));
    }

    private record Mask(double[] densities, double[] epsilons, CounterRandom[] random, int columns)
            implements
                ElementMask {
        @Override
        public boolean keepsAll(int model) {
            return densities[model] >= 1;
        }

        @Override
        public boolean wholeRows() {
            return true;
        }

        @Override
        public void fill(Block block, int model, int from, int length, float[] kept) {
            int[] bits = new int[length];
            random[model].fill(block.offset() + from, bits, length);
            Scores.MAGNITUDES.fill(block, model, from, length, kept);
            RowRanks ranks = new RowRanks(columns);
            double lowest = columns == 1 ? densities[model] : densities[model] - epsilons[model];
            double step = columns == 1 ? 0 : 2 * epsilons[model] / (columns - 1);
            int certain = CounterRandom.threshold(lowest);
            int uncertain = CounterRandom.threshold(lowest + step * (columns - 1));
            int[] open = new int[columns];
            boolean[] taken = new boolean[columns];
            for (int row = 0; row < length; row += columns) {
                ranks.read(kept, row);
                int count = 0;
                for (int column = 0; column < columns; column++) {
                    int drawn = bits[row + column] >>> 1;
                    open[count] = column;
                    count += drawn >= certain && drawn < uncertain ? 1 : 0;
                }
                for (int i = 0; i < count; i++) {
                    int drawn = bits[row + open[i]] >>> 1;
                    taken[i] = isKept(ranks, open[i], drawn, lowest, step);
                }
                // From here on the magnitudes are overwritten.
                for (int i = row; i < row + columns; i++) {
                    kept[i] = ((bits[i] >>> 1) - certain) >>> 31;
                }
                for (int i = 0; i < count; i++) {
                    kept[row + open[i]] = taken[i] ? 1 : 0;
                }
            }
        }

        private static boolean isKept(RowRanks ranks, int column, int drawn, double lowest, double step) {
            if (drawn < CounterRandom.threshold(lowest + step * ranks.atLeast(column))) {
                return true;
            }
            return drawn < CounterRandom.threshold(lowest + step * ranks.atMost(column))
                    && drawn < CounterRandom.threshold(lowest + step * ranks.exactly(column));
        }
    }
}
