package org.llmmerging.eval.train.starter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.llmmerging.checkpoint.Sha256;

/** Which rows an item may go to. It follows from the item alone, so that no seed can bring one into two of them. */
enum Split {
    TRAIN,
    VALIDATION,
    TEST;

    private static final int PARTS = 10;

    /**
     * A tenth of all items is for validation, a tenth for the test, and the rest for training.
     *
     * @param core what makes two items the same
     */
    static Split of(String core) {
        byte[] digest = Sha256.digest().digest(core.getBytes(StandardCharsets.UTF_8));
        return switch (Math.floorMod(ByteBuffer.wrap(digest).getLong(), PARTS)) {
            case 0 -> VALIDATION;
            case 1 -> TEST;
            default -> TRAIN;
        };
    }
}
