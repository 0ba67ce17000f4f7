package org.llmmerging.method;

import java.util.Arrays;
import org.llmmerging.Block;
import org.llmmerging.TensorKernel;

/**
 * TIES' elect and merge (Yadav et al. 2023): in each element the weighted, sparsified task vectors elect the sign of
 * their sum, zero counting as positive; only those of that sign are added up. The positive and the negative parts are
 * summed apart, and the sign of their total picks one.
 */
final class SignConsensusKernel implements TensorKernel {
    private final ElementMask mask;
    private final double[] weights;
    private final double[] scales;
    private final boolean normalize;
    private final double lambda;
    private final int tile;

    SignConsensusKernel(
            ElementMask mask, double[] weights, double[] scales, boolean normalize, double lambda, int columns) {
        this.mask = mask;
        this.weights = weights;
        this.scales = scales;
        this.normalize = normalize;
        this.lambda = lambda;
        this.tile = mask.wholeRows() ? Tiles.wholeRows(columns) : Tiles.SIZE;
    }

    @Override
    public boolean wholeRows() {
        return mask.wholeRows();
    }

    @Override
    public void apply(Block block) {
        Votes votes = new Votes(tile);
        float[] kept = new float[tile];
        Tiles.forEach(block.length(), tile, (from, length) -> {
            votes.clear(length);
            for (int model = 0; model < weights.length; model++) {
                if (weights[model] == 0) {
                    continue;
                }
                if (mask.keepsAll(model)) {
                    Arrays.fill(kept, 0, length, 1f);
                } else {
                    mask.fill(block, model, from, length, kept);
                }
                double factor = weights[model] * scales[model];
                votes.add(block.model(model), block.base(), kept, from, length, factor);
                if (normalize) {
                    votes.addWeights(weights[model], length);
                }
            }
            votes.merge(block.base(), block.output(), from, length, normalize, lambda);
        });
    }

    /** Working arrays of one thread. */
    private static final class Votes {
        private final double[] term;
        private final double[] positive;
        private final double[] negative;
        private final double[] positiveWeight;
        private final double[] negativeWeight;

        Votes(int size) {
            this.term = new double[size];
            this.positive = new double[size];
            this.negative = new double[size];
            this.positiveWeight = new double[size];
            this.negativeWeight = new double[size];
        }

        void clear(int length) {
            Arrays.fill(positive, 0, length, 0);
            Arrays.fill(negative, 0, length, 0);
            Arrays.fill(positiveWeight, 0, length, 0);
            Arrays.fill(negativeWeight, 0, length, 0);
        }

        void add(float[] values, float[] base, float[] kept, int from, int length, double factor) {
            for (int i = 0; i < length; i++) {
                // A float32 difference, so that two models as far from their mean on either side cancel out exactly.
                float difference = values[from + i] - base[from + i];
                term[i] = factor * kept[i] * difference;
            }
            for (int i = 0; i < length; i++) {
                positive[i] += Math.max(term[i], 0.0);
                negative[i] += Math.min(term[i], 0.0);
            }
        }

        void addWeights(double weight, int length) {
            for (int i = 0; i < length; i++) {
                double sign = Math.signum(term[i]);
                positiveWeight[i] += weight * Math.max(sign, 0.0);
                negativeWeight[i] += weight * Math.max(-sign, 0.0);
            }
        }

        void merge(float[] base, float[] output, int from, int length, boolean normalize, double lambda) {
            for (int i = 0; i < length; i++) {
                term[i] = elected(positive[i] + negative[i], positive[i], negative[i]);
            }
            if (normalize) {
                divide(length);
            }
            for (int i = 0; i < length; i++) {
                output[from + i] = (float) (base[from + i] + lambda * term[i]);
            }
        }

        private void divide(int length) {
            for (int i = 0; i < length; i++) {
                double divisor = elected(positive[i] + negative[i], positiveWeight[i], negativeWeight[i]);
                double oneForZero = 1 - Math.abs(Math.signum(divisor));
                term[i] /= divisor + oneForZero;
            }
        }

        /** The first when the total is zero or more, else the second; without a branch, so that it is vectorised. */
        private static double elected(double total, double first, double second) {
            double isNegative = Math.max(-Math.signum(total), 0.0);
            return (1 - isNegative) * first + isNegative * second;
        }
    }
}
