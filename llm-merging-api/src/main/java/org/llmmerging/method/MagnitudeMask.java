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
    public Reader reader() {
        return this::fill;
    }

    private void fill(Block block, int model, int from, int length, long[] mask) {
        kept[model].markMagnitudes(block, model, from, length, mask);
        if (removed[model].equals(MagnitudeCut.NONE)) {
            return;
        }
        long[] tooLarge = new long[Tiles.maskWords(length)];
        removed[model].markMagnitudes(block, model, from, length, tooLarge);
        for (int word = 0; word < tooLarge.length; word++) {
            mask[word] &= ~tooLarge[word];
        }
    }
}
