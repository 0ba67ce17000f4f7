package org.llmmerging.method;

import org.llmmerging.Block;
import org.llmmerging.TensorInputs;
import org.llmmerging.tensor.Shape;

/** What another mask says, a bit for each element, for a mask that takes longer to compute than to read. */
final class StoredMask implements ElementMask {
    private final ElementMask source;
    private final long[][] words;

    private StoredMask(ElementMask source, long[][] words) {
        this.source = source;
        this.words = words;
    }

    /**
     * Whether a mask on these inputs is worth storing: it takes an eighth of the heap at most, and the runs that the
     * pass asks for, chunks or rows, are whole words.
     */
    static boolean pays(ElementMask mask, TensorInputs inputs) {
        long run = mask.wholeRows() ? inputs.shape().columns() : inputs.chunkElements();
        return run % Long.SIZE == 0 && mostBytes(inputs.shape(), inputs.modelCount()) > 0;
    }

    /** How long the masks of a tensor are where they are stored; 0 when they are too long for that. */
    static long mostBytes(Shape shape, int models) {
        boolean fits = shape.elements() * models <= Runtime.getRuntime().maxMemory();
        return fits ? models * Math.ceilDiv(shape.elements(), (long) Long.SIZE) * Long.BYTES : 0;
    }

    /** A mask that keeps nothing yet, but the models that another keeps all of. */
    static StoredMask empty(ElementMask source, TensorInputs inputs) {
        int words = Math.toIntExact(Math.ceilDiv(inputs.shape().elements(), (long) Long.SIZE));
        return new StoredMask(source, new long[inputs.modelCount()][words]);
    }

    /**
     * Stores a part. Parts are put by any thread.
     *
     * @param start index of the first element in the flattened tensor, a multiple of 64
     * @param length how many elements; a multiple of 64, unless the tensor ends there
     */
    void put(int model, long start, long[] kept, int length) {
        System.arraycopy(kept, 0, words[model], (int) (start / Long.SIZE), Tiles.maskWords(length));
    }

    @Override
    public boolean keepsAll(int model) {
        return source.keepsAll(model);
    }

    @Override
    public Reader reader() {
        return this::fill;
    }

    private void fill(Block block, int model, int from, int length, long[] kept) {
        long start = block.offset() + from;
        long[] stored = words[model];
        int first = (int) (start / Long.SIZE);
        int count = Tiles.maskWords(length);
        System.arraycopy(stored, first, kept, 0, count);
        if (start % Long.SIZE != 0) {
            for (int word = 0; word < count; word++) {
                int next = Math.min(first + word + 1, stored.length - 1);
                kept[word] = kept[word] >>> start | stored[next] << -start;
            }
        }
    }
}
