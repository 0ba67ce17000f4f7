package org.llmmerging.method;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.llmmerging.Block;
import org.llmmerging.TensorKernel;
import org.llmmerging.tensor.ElementKernels;

/** base + Σ cᵢ·maskᵢ·(modelᵢ − base), added up in float64 and rounded once. Models of coefficient 0 are not looked at. */
final class SparseSumKernel implements TensorKernel {
    private final ElementMask mask;
    private final int[] terms;
    private final double[] coefficients;
    private final int tile;

    SparseSumKernel(ElementMask mask, double[] coefficients, int columns) {
        this.mask = mask;
        this.terms = IntStream.range(0, coefficients.length)
                .filter(model -> coefficients[model] != 0)
                .toArray();
        this.coefficients = Arrays.stream(terms).mapToDouble(model -> coefficients[model]).toArray();
        this.tile = mask.wholeRows() ? Tiles.wholeRows(columns) : Tiles.SIZE;
    }

    @Override
    public boolean wholeRows() {
        return mask.wholeRows();
    }

    @Override
    public void apply(Block block) {
        ElementKernels kernels = ElementKernels.instance();
        float[][] values = new float[terms.length][];
        long[][] kept = new long[terms.length][Tiles.maskWords(Math.min(tile, block.length()))];
        for (int t = 0; t < terms.length; t++) {
            values[t] = block.model(terms[t]);
        }
        Tiles.forEach(block.length(), tile, (from, length) -> {
            for (int t = 0; t < terms.length; t++) {
                if (mask.keepsAll(terms[t])) {
                    Arrays.fill(kept[t], -1L);
                } else {
                    mask.fill(block, terms[t], from, length, kept[t]);
                }
            }
            kernels.addKept(block.base(), values, kept, coefficients, from, length, block.output());
        });
    }
}
