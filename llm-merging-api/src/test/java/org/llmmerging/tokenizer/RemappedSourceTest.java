package org.llmmerging.tokenizer;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.llmmerging.checkpoint.RoundedSource;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;
import org.llmmerging.tokenizer.EmbeddingRows.Donor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

class RemappedSourceTest {

    /** A tensor in memory whose rows are 10 · model + row, with the column as a hundredth. */
    private record Numbered(int number, int rows, int columns) implements TensorSource {
        @Override
        public TensorInfo info() {
            return new TensorInfo("embed", DType.F32, Shape.of(rows, columns));
        }

        @Override
        public String model() {
            return "model" + number;
        }

        @Override
        public void read(long first, float[] into, int count) {
            for (int i = 0; i < count; i++) {
                int row = Math.toIntExact((first + i) / columns);
                if (row >= rows) {
                    throw new IndexOutOfBoundsException(row);
                }
                into[i] = 10 * number + row + (first + i) % columns / 100f;
            }
        }
    }

    /** Four tokens and two rows of padding: moved, averaged, zero, moved. */
    private static final EmbeddingRows ROWS = new EmbeddingRows(
            4,
            6,
            List.of(new int[] {2, -1, -1, 0}, new int[] {0, 1, 2, 3}),
            Map.of(1, List.of(new Donor(0, 1), new Donor(1, 1)), 2, List.of()));

    private static TensorSource remapped() {
        return remapped(new Numbered(0, 5, 2));
    }

    private static TensorSource remapped(TensorSource own) {
        return RemappedSource.of(own, 0, ROWS, Map.of(1, new Numbered(1, 4, 2)));
    }

    /** As with an adapter, something is read besides the elements, once for all of them. */
    private record Adapted(TensorSource base) implements TensorSource {
        @Override
        public TensorInfo info() {
            return base.info();
        }

        @Override
        public String model() {
            return base.model();
        }

        @Override
        public void read(long first, float[] into, int count) {
            base.read(first, into, count);
        }

        @Override
        public long storedBytes(long elements) {
            return base.storedBytes(elements) + 100;
        }
    }

    @Test
    void hasTheRowsOfTheOutput() {
        TensorSource source = remapped();
        assertEquals(Shape.of(6, 2), source.info().shape());
        float[] values = new float[12];
        source.read(0, values, 12);
        float mean = (2 + 6 + 0 + 0) / 4f;
        float meanOfSecond = (2.01f + 6.01f + 0 + 0.01f) / 4;
        assertArrayEquals(
                new float[] {2, 2.01f, 6, 6.01f, 0, 0, 0, 0.01f, mean, meanOfSecond, mean, meanOfSecond},
                values,
                1e-6f);
    }

    @Test
    void countsTheRowsThatAreRead() {
        assertEquals((2 + 2) * 2 * Float.BYTES, remapped().storedBytes(), "moved ones and averaged ones, of 6");
        assertEquals((2 + 2) * 2 * Float.BYTES + 100, RoundedSource.of(
                remapped(new Adapted(new Numbered(0, 5, 2))), DType.BF16).storedBytes());
    }

    @Test
    void givesTheSameWhereverAReadBeginsAndEnds() {
        long seed = 7;
        SplittableRandom random = new SplittableRandom(seed);
        float[] whole = new float[12];
        remapped().read(0, whole, 12);
        for (int i = 0; i < 200; i++) {
            int first = random.nextInt(12);
            int count = random.nextInt(13 - first);
            float[] part = new float[count];
            remapped().read(first, part, count);
            for (int k = 0; k < count; k++) {
                assertEquals(whole[first + k], part[k], "seed " + seed + ", element " + (first + k));
            }
        }
    }

    @Test
    void isTheTensorItselfWhenNothingMoves() {
        EmbeddingRows rows = new EmbeddingRows(3, 3, List.of(new int[] {0, 1, 2}), Map.of());
        TensorSource own = new Numbered(0, 3, 2);
        assertSame(own, RemappedSource.of(own, 0, rows, Map.of()));
    }

    @Test
    void readsABiasOfOneNumberForEachToken() {
        TensorSource bias = new TensorSource() {
            @Override
            public TensorInfo info() {
                return new TensorInfo("lm_head.bias", DType.F32, Shape.of(5));
            }

            @Override
            public String model() {
                return "model";
            }

            @Override
            public void read(long first, float[] into, int count) {
                for (int i = 0; i < count; i++) {
                    into[i] = first + i;
                }
            }
        };
        EmbeddingRows rows = new EmbeddingRows(2, 2, List.of(new int[] {4, 1}), Map.of());
        float[] values = new float[2];
        RemappedSource.of(bias, 0, rows, Map.of()).read(0, values, 2);
        assertArrayEquals(new float[] {4, 1}, values);
    }
}
