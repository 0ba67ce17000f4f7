package org.llmmerging.method;

import java.util.Arrays;
import java.util.List;
import org.llmmerging.Block;
import org.llmmerging.Paper;
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
    public Paper paper() {
        return Paper.arxiv("DELLA-Merging", "2406.11617");
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterSpec density = Sparsifier.density();
        return List.of(
                density.describedAs(density.description()
                        + "; with `epsilon` added and taken off it must stay between 0 and 1, unless it is 1"),
                ParameterSpec.perModel("epsilon").withDefault(0.15).within(0, 1)
                        .describedAs("how far the chance to be kept lies below `density` for a row's smallest element,"
                                + " and above it for the largest"));
    }

    @Override
    public void check(Shape shape, int models, Parameters parameters) {
        boolean thins = false;
        for (int model = 0; model < models; model++) {
            check(parameters.number("density", model), parameters.number("epsilon", model), model);
            thins |= parameters.number("density", model) < 1;
        }
        if (thins) {
            WholeRows.check(shape);
        }
    }

    private static void check(double density, double epsilon, int model) {
        if (density < 1 && (density + epsilon >= 1 || density - epsilon <= 0)) {
            throw new ConfigException("density " + density + " ± epsilon " + epsilon + " of model " + (model + 1)
                    + " besides the base does not lie between 0 and 1. Choose a smaller epsilon");
        }
    }

    /** A threshold for each rank. */
    @Override
    public long keptBytes(Shape shape, int models) {
        return models * shape.columns() * Integer.BYTES;
    }

    /** A row's random numbers, magnitudes, ranks, and what only the exact rank decides. */
    @Override
    public long bytesPerThread(Shape shape) {
        return shape.columns() * (2 * Integer.BYTES + Float.BYTES) + RowRanks.bytes(shape.columns());
    }

    /** @throws ConfigException when a probability would not lie between 0 and 1 */
    @Override
    public ElementMask prepare(TensorInputs inputs, Parameters parameters) {
        int models = inputs.modelCount();
        CounterRandom[] random = new CounterRandom[models];
        int[][] thresholds = new int[models][];
        int columns = (int) Math.min(inputs.shape().columns(), WholeRows.LONGEST); // longer ones are kept whole
        for (int model = 0; model < models; model++) {
            double density = parameters.number("density", model);
            double epsilon = parameters.number("epsilon", model);
            check(density, epsilon, model);
            random[model] = CounterRandom.of(parameters.seed(), inputs.tensorName(), model);
            thresholds[model] = density < 1 ? thresholds(density, epsilon, columns) : new int[0];
        }
        if (Arrays.stream(thresholds).allMatch(ofModel -> ofModel.length == 0)) {
            return ElementMask.EVERYTHING;
        }
        return new Mask(thresholds, random, columns);
    }

    /** What the random number of an element of each rank must be below for the element to be kept. */
    private static int[] thresholds(double density, double epsilon, int columns) {
        double lowest = columns == 1 ? density : density - epsilon;
        double step = columns == 1 ? 0 : 2 * epsilon / (columns - 1);
        int[] thresholds = new int[columns];
        for (int rank = 0; rank < columns; rank++) {
            thresholds[rank] = CounterRandom.threshold(lowest + step * rank);
        }
        return thresholds;
    }

    /** @param thresholds by model and rank; none for a model of which everything is kept */
    private record Mask(int[][] thresholds, CounterRandom[] random, int columns) implements ElementMask {
        @Override
        public boolean keepsAll(int model) {
            return thresholds[model].length == 0;
        }

        @Override
        public boolean wholeRows() {
            return true;
        }

        @Override
        public Reader reader() {
            return new RowReader(this);
        }
    }

    private static final class RowReader implements ElementMask.Reader {
        private final Mask mask;
        private final int[] drawn;
        private final float[] magnitudes;
        private final RowRanks ranks;
        private final long[] taken;
        private final int[] open;

        private RowReader(Mask mask) {
            int columns = mask.columns();
            this.mask = mask;
            this.drawn = new int[Tiles.wholeRows(columns)];
            this.magnitudes = new float[drawn.length];
            this.ranks = new RowRanks(columns);
            this.taken = new long[Tiles.maskWords(columns)];
            this.open = new int[columns];
        }

        @Override
        public void fill(Block block, int model, int from, int length, long[] kept) {
            int columns = mask.columns();
            int[] thresholds = mask.thresholds()[model];
            mask.random()[model].fill(block.offset() + from, drawn, length);
            ElementScores.MAGNITUDES.fill(block, model, from, length, magnitudes);
            Arrays.fill(kept, 0, Tiles.maskWords(length), 0);
            for (int row = 0; row < length; row += columns) {
                ranks.read(magnitudes, row);
                int count = ranks.belowThresholds(thresholds, drawn, row, taken, open);
                for (int i = 0; i < count; i++) {
                    int column = open[i];
                    int number = drawn[row + column] >>> 1;
                    long isTaken = number < thresholds[ranks.exactly(column)] ? 1 : 0;
                    taken[column / Long.SIZE] |= isTaken << column;
                }
                insert(taken, columns, kept, row);
            }
        }

        /**
         * Copies a mask of {@code length} elements into another that is still empty there, from element {@code at} on.
         */
        private static void insert(long[] mask, int length, long[] into, int at) {
            int word = at / Long.SIZE;
            for (int done = 0; done < length; done += Long.SIZE, word++) {
                int left = length - done;
                long bits = mask[done / Long.SIZE] & (left < Long.SIZE ? (1L << left) - 1 : -1L);
                into[word] |= bits << at;
                int ahead = Long.SIZE - at % Long.SIZE;
                if (ahead < Math.min(left, Long.SIZE)) {
                    into[word + 1] |= bits >>> ahead;
                }
            }
        }
    }
}
