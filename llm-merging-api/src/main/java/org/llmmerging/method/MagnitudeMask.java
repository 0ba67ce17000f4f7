package org.llmmerging.method;

import org.llmmerging.Block;

/** Keeps a band of magnitudes for each model: the largest of all up to one cut, less the very largest up to another. */
final class MagnitudeMask implements ElementMask {
    private final MagnitudeCut[] kept;
    private final MagnitudeCut[] removed;

    /**
     * @param kept for each model, what is kept but for {@code removed}
     * @param removed for each model, what is dropped for being too large
     */
    MagnitudeMask(MagnitudeCut[] kept, MagnitudeCut[] removed) {
        this.kept = kept;
        this.removed = removed;
    }

    @Override
    public boolean keepsAll(int model) {
        return kept[model].equals(MagnitudeCut.ALL) && removed[model].equals(MagnitudeCut.NONE);
    }

    @Override
    public void fill(Block block, int model, int from, int length, float[] mask) {
        long start = block.offset() + from;
        if (removed[model].equals(MagnitudeCut.NONE)) {
            Scores.MAGNITUDES.fill(block, model, from, length, mask);
            kept[model].mark(mask, start, length, mask);
            return;
        }
        float[] magnitudes = new float[length];
        float[] tooLarge = new float[length];
        Scores.MAGNITUDES.fill(block, model, from, length, magnitudes);
        kept[model].mark(magnitudes, start, length, mask);
        removed[model].mark(magnitudes, start, length, tooLarge);
        for (int i = 0; i < length; i++) {
            mask[i] -= tooLarge[i];
        }
    }
}
