package org.llmmerging.method;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Block;
import org.llmmerging.TensorInputs;
import org.llmmerging.tensor.FloatKernels;

/**
 * Factors that bring sparsified task vectors back to the L1 length they had.
 *
 * @param factors one for each model
 * @param mask keeps what the given mask keeps; the pass may have stored it
 */
record L1Rescale(double[] factors, ElementMask mask) {
    /** What is shorter is noise, which rescaling would make as long as the task vector was. */
    private static final double SMALLEST_LENGTH = 1e-7;

    /**
     * Σ|δ| / Σ|kept δ| of each model, from one pass over the inputs; 1 when less than 1e-7 is kept, when all is, when
     * a task vector holds what is not a finite number, which is not to spread, or when no rescaling is asked for.
     */
    static L1Rescale of(TensorInputs inputs, ElementMask mask, boolean rescale) {
        int models = inputs.modelCount();
        double[] factors = new double[models];
        Arrays.fill(factors, 1);
        int[] sparse = IntStream.range(0, models)
                .filter(model -> rescale && !mask.keepsAll(model))
                .toArray();
        if (sparse.length == 0) {
            return new L1Rescale(factors, mask);
        }
        StoredMask stored = StoredMask.pays(mask, inputs) ? StoredMask.empty(mask, inputs) : null;
        TensorInputs pass = mask.wholeRows() ? inputs.rows() : inputs;
        int columns = mask.wholeRows() ? Math.toIntExact(inputs.shape().columns()) : 1;
        double[] sums = pass.sum(2 * sparse.length, (chunk, into) -> {
            ElementMask.Reader reader = mask.reader();
            for (int s = 0; s < sparse.length; s++) {
                addModel(chunk, sparse[s], reader, stored, columns, into, 2 * s);
            }
        });
        for (int s = 0; s < sparse.length; s++) {
            if (sums[2 * s + 1] >= SMALLEST_LENGTH && Double.isFinite(sums[2 * s])) {
                factors[sparse[s]] = sums[2 * s] / sums[2 * s + 1];
            }
        }
        return new L1Rescale(factors, stored == null ? mask : stored);
    }

    private static void addModel(
            Block chunk,
            int model,
            ElementMask.Reader reader,
            @Nullable StoredMask stored,
            int columns,
            double[] sums,
            int at) {
        FloatKernels kernels = FloatKernels.instance();
        int size = Tiles.wholeRows(columns);
        long[] kept = new long[Tiles.maskWords(size)];
        Tiles.forEach(chunk.length(), size, (from, length) -> {
            reader.fill(chunk, model, from, length, kept);
            if (stored != null) {
                stored.put(model, chunk.offset() + from, kept, length);
            }
            kernels.addMagnitudes(chunk.model(model), chunk.base(), kept, from, length, sums, at);
        });
    }
}
