package org.llmmerging.endtoend;

import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.llmmerging.endtoend.Weights.Values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Compares a merged checkpoint with what the formulas give, element by element. */
final class WrittenWeights {
    /**
     * The share of elements that may be a neighbour of the nearest bfloat16. The kit computes in float32 and rounds
     * that; where the exact value is within an error of float32 of the middle between two bfloat16 numbers, the other
     * may come out. No element may be further off. Fine-tunes differ from their base by few steps of bfloat16, and with
     * weights such as 0.5 the middle itself is a common value: elements that are seen to lie there do not count.
     */
    private static final double ROUNDED_TWICE = 0.001;

    /** What may be left of terms that cancel each other, as a share of their size: an error of float32. */
    private static final double CANCELLED = 0x1p-22;

    private WrittenWeights() {}

    /**
     * Requires every tensor to be there, in its shape, and every element to be what {@link ReferenceMerge} gives.
     *
     * @param kept what DARE keeps of each model, where the merge is one
     */
    static void check(NamedMerge merge, List<SortedMap<String, boolean[]>> kept, Path model) {
        SortedMap<String, double[]> expected = merge.expected(kept);
        SortedMap<String, Values> actual = Weights.read(model);
        assertEquals(expected.keySet(), actual.keySet());
        long elements = 0;
        long neighbours = 0;
        for (String tensor : expected.keySet()) {
            assertEquals(merge.base().get(tensor).shape(), actual.get(tensor).shape(), tensor);
            double[] exact = expected.get(tensor);
            double[] merged = actual.get(tensor).elements();
            double cancelled = CANCELLED * merge.largest(tensor);
            for (int i = 0; i < exact.length; i++) {
                int distance = Bfloat16.distance(Bfloat16.encode(exact[i]), Bfloat16.encode(merged[i]));
                if (distance > 1 && Math.abs(merged[i] - exact[i]) > cancelled) {
                    throw new AssertionError("%s: element %d of %s is %s, and %s by the formula"
                            .formatted(model, i, tensor, merged[i], exact[i]));
                }
                neighbours += distance == 0 || isMiddle(exact[i], merged[i], cancelled) ? 0 : 1;
            }
            elements += exact.length;
        }
        assertTrue(
                neighbours <= ROUNDED_TWICE * elements,
                model + ": " + neighbours + " of " + elements + " elements are not the nearest bfloat16");
    }

    /**
     * Whether a value is, but for an error of float32, as far from what was written as from its own nearest bfloat16.
     */
    private static boolean isMiddle(double exact, double merged, double error) {
        double nearest = Bfloat16.decode(Bfloat16.encode(exact));
        return Math.abs(exact - (nearest + merged) / 2) <= error;
    }
}
