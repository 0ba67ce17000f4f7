package org.llmmerging.method;

import java.util.Arrays;
import org.llmmerging.Block;

/**
 * Some of the models and which of their elements are kept, tile by tile. Thread-safe.
 *
 * @param models which ones, in the order of the arrays below
 * @param columns length of a row
 */
record MaskedModels(ElementMask mask, int[] models, int columns) {

    /** What is done with a tile. */
    @FunctionalInterface
    interface Tile {
        /**
         * @param values of each model, from index {@code from}
         * @param kept a mask for each model, of which the first element is {@code from}
         */
        void accept(float[][] values, long[][] kept, int from, int length);
    }

    void forEach(Block block, Tile action) {
        int tile = mask.wholeRows() ? Tiles.wholeRows(columns) : Tiles.SIZE;
        float[][] values = new float[models.length][];
        long[][] kept = new long[models.length][Tiles.maskWords(Math.min(tile, block.length()))];
        ElementMask.Reader reader = mask.reader();
        for (int m = 0; m < models.length; m++) {
            values[m] = block.model(models[m]);
            Arrays.fill(kept[m], -1L);
        }
        Tiles.forEach(block.length(), tile, (from, length) -> {
            for (int m = 0; m < models.length; m++) {
                if (!mask.keepsAll(models[m])) {
                    reader.fill(block, models[m], from, length, kept[m]);
                }
            }
            action.accept(values, kept, from, length);
        });
    }
}
