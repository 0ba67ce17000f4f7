package org.llmmerging.method;

import java.util.Arrays;
import org.llmmerging.Block;
import org.llmmerging.TensorKernel;

/** base + Σ cᵢ·maskᵢ·(modelᵢ − base), added up in float64 and rounded once. */
final class SparseSumKernel implements TensorKernel {
    private final ElementMask mask;
    private final double[] coefficients;
    private final int tile;

    SparseSumKernel(ElementMask mask, double[] coefficients, int columns) {
        this.mask = mask;
        this.coefficients = coefficients;
        this.tile = mask.wholeRows() ? Tiles.wholeRows(columns) : Tiles.SIZE;
    }

    @Override
    public boolean wholeRows() {
        return mask.wholeRows();
    }

    @Override
    public void apply(Block block) {
        double[] sums = new double[tile];
        float[] kept = new float[tile];
        Tiles.forEach(block.length(), tile, (from, length) -> {
            start(sums, block.base(), from, length);
            for (int model = 0; model < coefficients.length; model++) {
                if (coefficients[model] == 0) {
                    continue;
                }
                if (mask.keepsAll(model)) {
                    Arrays.fill(kept, 0, length, 1f);
                } else {
                    mask.fill(block, model, from, length, kept);
                }
                add(sums, block.model(model), block.base(), kept, from, length, coefficients[model]);
            }
            finish(sums, block.output(), from, length);
        });
    }

    private static void start(double[] sums, float[] base, int from, int length) {
        for (int i = 0; i < length; i++) {
            sums[i] = base[from + i];
        }
    }

    private static void add(
            double[] sums, float[] values, float[] base, float[] kept, int from, int length, double coefficient) {
        for (int i = 0; i < length; i++) {
            sums[i] += coefficient * kept[i] * ((double) values[from + i] - base[from + i]);
        }
    }

    private static void finish(double[] sums, float[] output, int from, int length) {
        for (int i = 0; i < length; i++) {
            output[from + i] = (float) sums[i];
        }
    }
}
