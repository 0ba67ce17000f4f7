package org.llmmerging;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ParameterSpecTest {
    private static final double UNBOUNDED = Double.POSITIVE_INFINITY;

    @Test
    void saysInWordsWhatIsAllowed() {
        ParameterSpec number = ParameterSpec.perModel("x");
        assertEquals("any number", number.allowedValues());
        assertEquals("from 0 to 0.5", number.within(0, 0.5).allowedValues());
        assertEquals("at least -1", number.within(-1, UNBOUNDED).allowedValues());
        assertEquals("above 0", number.within(ParameterSpec.ABOVE_ZERO, Double.MAX_VALUE).allowedValues());
        assertEquals("above 0 and at most 1", number.within(ParameterSpec.ABOVE_ZERO, 1).allowedValues());
        assertEquals("any number", number.within(-Double.MAX_VALUE, Double.MAX_VALUE).allowedValues());
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

    @Test
    void aDefaultIsAValueThatIsAllowed() {
        ParameterSpec number = ParameterSpec.global("x");
        assertEquals(
                "the default of parameter x is 5.0 and must be from 0 to 1",
                refusal(() -> number.withDefault(5).within(0, 1)));
        assertEquals(
                "the default of parameter x is 5.0 and must be from 0 to 1",
                refusal(() -> number.within(0, 1).withDefault(5)));
        assertEquals(
                "the default of parameter x is 0.5 and must be a whole number",
                refusal(() -> number.withDefault(0.5).asInteger()));
        assertEquals(
                "the default of parameter x is NaN and must be any number",
                refusal(() -> number.withDefault(Double.NaN)));
        assertEquals(
                "the default of parameter x is 2.0 and must be true or false",
                refusal(() -> ParameterSpec.flag("x", true).withDefault(2)));
    }

    @Test
    void someValueIsAllowed() {
        ParameterSpec number = ParameterSpec.global("x");
        assertEquals(
                "parameter x allows no value: its range is from 1.0 to 0.0", refusal(() -> number.within(1, 0)));
        assertEquals(
                "parameter x allows no value: its range is from NaN to 1.0",
                refusal(() -> number.within(Double.NaN, 1)));
        assertEquals(
                "parameter x is a switch and has no range", refusal(() -> ParameterSpec.flag("x", true).within(0, 9)));
        assertEquals("a parameter needs a name", refusal(() -> ParameterSpec.global(" ")));
    }

    @Test
    void aDescriptionIsOneLineAndStaysWithTheParameter() {
        ParameterSpec number = ParameterSpec.global("x").describedAs("what it is").within(0, 9).withDefault(1);
        assertEquals("what it is", number.asInteger().description());
        assertEquals(
                "the description of parameter x is more than a line", refusal(() -> number.describedAs("two\nlines")));
    }

    @Test
    void tellsWhichValuesAreAllowed() {
        ParameterSpec whole = ParameterSpec.global("x").asInteger().within(1, 9);
        assertTrue(whole.allows(1) && whole.allows(9));
        assertFalse(whole.allows(0) || whole.allows(1.5) || whole.allows(10) || whole.allows(Double.NaN));
    }

    private static String refusal(Executable declaration) {
        return assertThrows(IllegalArgumentException.class, declaration).getMessage();
    }
}
