package org.llmmerging.method;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.ParameterSpec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** {@link NearSwap}, {@link Ram}, {@link RamPlus} and {@link Passthrough}, on numbers worked out by hand. */
class ElementwiseMethodTest {

    @ParameterizedTest
    @CsvSource({"0.25, 0, 0.25", "0.25, 0.125, 0.125", "0.25, 1, 0.25", "0, 1, 0", "-1, 1, 0", "5, 3, 3"})
    void nearSwapMovesByAtMostT(double t, float model, float expected) {
        NearSwap method = new NearSwap();
        float base = expected == 0.25f && model == 0 ? 0.5f : 0;
        assertArrayEquals(
                new float[] {expected},
                ArrayInputs.vector(new float[] {base}, new float[] {model})
                        .merge(method, Values.of(method).with("t", t)));
    }

    @Test
    void nearSwapTreatsDifferencesBelowAMillionthAsThat() {
        NearSwap method = new NearSwap();
        float[] merged = ArrayInputs.vector(new float[] {0}, new float[] {5e-7f})
                .merge(method, Values.of(method).with("t", 5e-7));
        assertArrayEquals(new float[] {2.5e-7f}, merged);
    }

    @Test
    void ramAveragesOverTheModelsThatChangedTheElement() {
        Ram method = new Ram();
        float[] merged = ArrayInputs.vector(
                new float[] {0, 0, 0, 1},
                new float[] {4, 4, 1e-6f, 1},
                new float[] {2, 0, 0, 1.5f},
                new float[] {0, 0, 0, 1})
                .merge(method, Values.of(method));
        assertArrayEquals(new float[] {3, 4, 0, 1.5f}, merged);
    }

    @Test
    void ramCountsADifferenceOfEpsilonAsNoChange() {
        Ram method = new Ram();
        float[] merged = ArrayInputs.vector(new float[] {0, 0}, new float[] {0.5f, 0.75f})
                .merge(method, Values.of(method).with("epsilon", 0.5));
        assertArrayEquals(new float[] {0, 0.75f}, merged);
    }

    @Test
    void ramPlusAmplifiesWhatOneModelAloneChanged() {
        RamPlus method = new RamPlus();
        float[] base = new float[5];
        // The first shares 1 of its 3 changes: ratio 1/2. The second shares its only one: no change of its own.
        float[] merged = ArrayInputs.vector(base, new float[] {4, 8, 2, 0, 0}, new float[] {0, 0, 4, 0, 0})
                .merge(method, Values.of(method).with("r", 0.5).with("alpha", 0.9));
        assertArrayEquals(new float[] {5, 10, 3, 0, 0}, merged);
        float[] capped = ArrayInputs.vector(base, new float[] {4, 8, 2, 0, 0}, new float[] {0, 0, 4, 0, 0})
                .merge(method, Values.of(method).with("r", 0.5).with("alpha", 0.25));
        assertArrayEquals(new float[] {4.5f, 9, 3, 0, 0}, capped);
    }

    @Test
    void passthroughCopiesOrScales() {
        Passthrough method = new Passthrough();
        float[] values = {1, -0.0f, 2 * Float.MIN_VALUE, Float.MAX_VALUE};
        ArrayInputs inputs = ArrayInputs.vector(null, values);
        assertArrayEquals(values, inputs.merge(method, Values.of(method)));
        assertArrayEquals(
                new float[] {0.5f, -0.0f, Float.MIN_VALUE, Float.MAX_VALUE / 2},
                inputs.merge(method, Values.of(method).with("scale", 0.5)));
        assertArrayEquals(new float[4], inputs.merge(method, Values.of(method).with("scale", 0)));
    }

    @Test
    void nearSwapNeedsADistance() {
        ParameterSpec distance = new NearSwap().parameters().getFirst();
        assertFalse(distance.allows(0));
        assertEquals("above 0", distance.allowedValues());
    }
}
