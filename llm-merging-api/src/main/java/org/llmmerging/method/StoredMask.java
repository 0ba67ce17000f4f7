package org.llmmerging.method;

import org.llmmerging.Block;
import org.llmmerging.TensorInputs;
import org.llmmerging.tensor.ElementKernels;

/** What another mask says, a bit for each element, for a mask that takes longer to compute than to read. */
final class StoredMask implements ElementMask {
    private final ElementMask source;
    private final long[][] words;

    private StoredMask(ElementMask source, long[][] words) {
        this.source = source;
        this.words = words;
    }

    /** Whether a mask on these inputs is worth storing and takes an eighth of the heap at most; chunks are whole words. */
    static boolean pays(ElementMask mask, TensorInputs inputs) {
        return mask.wholeRows()
                && inputs.shape().columns() % Long.SIZE == 0
                && inputs.shape().elements() * inputs.modelCount() <= Runtime.getRuntime().maxMemory();
    }

    /** A mask that keeps nothing yet, but the models that another keeps all of. */
    static StoredMask empty(ElementMask source, TensorInputs inputs) {
        int words = (int) (inputs.shape().elements() / Long.SIZE);
        return new StoredMask(source, new long[inputs.modelCount()][words]);
    }

    /**
     * Stores a part. Parts are put by any thread.
     *
     * @param start index of the first element in the flattened tensor, a multiple of 64
     * @param length how many elements, a multiple of 64
     */
    void put(int model, long start, float[] kept, int length) {
        ElementKernels.instance().pack(kept, length, words[model], (int) (start / Long.SIZE));
    }

    @Override
    public boolean keepsAll(int model) {
        return source.keepsAll(model);
    }

    @Override
    public void fill(Block block, int model, int from, int length, float[] kept) {
        long start = block.offset() + from;
        long[] stored = words[model];
        for (int i = 0; i < length; i++) {
            long element = start + i;
            kept[i] = (int) (stored[(int) (element >>> 6)] >>> element) & 1;
        }
    }
}
