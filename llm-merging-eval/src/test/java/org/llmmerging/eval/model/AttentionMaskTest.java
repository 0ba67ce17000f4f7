package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** A line for each query, an {@code x} where it sees the key; what padding sees means nothing and is left out. */
class AttentionMaskTest {

    @BeforeAll
    static void startEngine() {
        Golden.folder();
    }

    @Test
    void showsWhatPrecedesAndHidesPadding() {
        TokenLayout tokens = TokenLayout.leftPadded(List.of(new int[] {7, 7}, new int[] {7, 7, 7}), 0);
        assertEquals(
                """
                        .x.
                        .xx

                        x..
                        xx.
                        xxx
                        """,
                causal(tokens, tokens, null));
    }

    @Test
    void showsAWindowOfKeysTheQueryItselfIncluded() {
        TokenLayout tokens = TokenLayout.rightPadded(List.of(new int[] {7, 7, 7, 7}), 0);
        assertEquals(
                """
                        x...
                        xx..
                        .xx.
                        ..xx
                        """,
                causal(tokens, tokens, 2));
    }

    @Test
    void keepsBranchesApartAndOnTheirTrunk() {
        TokenLayout tokens = TokenLayout.branching(
                List.of(new int[] {7, 7}), List.of(List.of(new int[] {8, 8}, new int[] {9})), 0);
        assertEquals(
                """
                        x....
                        xx...
                        xxx..
                        xxxx.
                        xx..x
                        """,
                causal(tokens, tokens, null));
    }

    @Test
    void isNotNeededWhenAllIsSeen() {
        TokenLayout read = TokenLayout.rightPadded(List.of(new int[] {7, 7}, new int[] {7, 7}), 0);
        TokenLayout next = TokenLayout.next(new int[] {8, 8}, new int[] {2, 2});
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            assertNull(AttentionMask.causal(manager, next, read.append(next), null, DataType.FLOAT32));
            assertNull(AttentionMask.full(manager, next, read, DataType.FLOAT32));
        }
    }

    private static String causal(TokenLayout queries, TokenLayout keys, @Nullable Integer window) {
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDArray mask = AttentionMask.causal(manager, queries, keys, window, DataType.FLOAT32);
            if (mask == null) {
                return "";
            }
            float[] values = HostArrays.read(mask);
            StringBuilder text = new StringBuilder();
            int index = 0;
            for (int row = 0; row < queries.rows(); row++) {
                text.append(row == 0 ? "" : "\n");
                for (int query = 0; query < queries.width(); query++) {
                    StringBuilder line = new StringBuilder();
                    for (int key = 0; key < keys.width(); key++) {
                        line.append(values[index++] == 0 ? 'x' : '.');
                    }
                    if (queries.segment(row, query) != TokenLayout.PADDING) {
                        text.append(line).append('\n');
                    }
                }
            }
            return text.toString();
        }
    }
}
