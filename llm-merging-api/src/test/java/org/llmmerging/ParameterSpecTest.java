package org.llmmerging;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ParameterSpecTest {
    private static final double UNBOUNDED = Double.POSITIVE_INFINITY;

    @Test
    void saysInWordsWhatIsAllowed() {
        ParameterSpec number = ParameterSpec.perModel("x");
        assertEquals("any number", number.allowedValues());
        assertEquals("from 0 to 0.5", number.within(0, 0.5).allowedValues());
        assertEquals("at least -1", number.within(-1, UNBOUNDED).allowedValues());
        assertEquals("at most 3", number.within(-UNBOUNDED, 3).allowedValues());
        assertEquals("a whole number", number.asInteger().allowedValues());
        assertEquals("a whole number from 1 to 9", number.asInteger().within(1, 9).allowedValues());
        assertEquals("a whole number at least 1", number.asInteger().within(1, UNBOUNDED).allowedValues());
        assertEquals("true or false", ParameterSpec.flag("x", true).allowedValues());
    }

    @Test
    void showsValuesAsAConfigurationWritesThem() {
        ParameterSpec number = ParameterSpec.global("x");
        assertEquals("1", number.shown(1));
        assertEquals("-0.25", number.shown(-0.25));
        assertEquals("1e-8", number.shown(1e-8));
        assertEquals("1.5e-8", number.shown(1.5e-8));
        assertEquals("1e20", number.shown(1e20));
        ParameterSpec flag = ParameterSpec.flag("x", false);
        assertEquals("false", flag.shown(0));
        assertEquals("true", flag.shown(1));
        assertEquals("2", flag.shown(2));
    }
}
