package org.llmmerging.endtoend;

/** The upper half of a float32: what the starter models and their merges are stored in. */
final class Bfloat16 {
    private Bfloat16() {}

    /** The number that 16 bits stand for. */
    static double decode(short bits) {
        return Float.intBitsToFloat(bits << 16);
    }

    /** The nearest bfloat16, of two equally near the one with an even last bit. */
    static short encode(double value) {
        double exact = value;
        short below = (short) (Float.floatToRawIntBits(towardZero(exact)) >>> 16);
        short above = (short) (below + 1);
        double toBelow = Math.abs(exact - decode(below));
        double toAbove = Math.abs(decode(above) - exact);
        return toBelow < toAbove || (toBelow == toAbove && (below & 1) == 0) ? below : above;
    }

    /** How many bfloat16 numbers two of them are apart. */
    static int distance(short one, short other) {
        return Math.abs(ordinal(one) - ordinal(other));
    }

    /** The float32 next to a value on the side of zero, so that cutting its lower half off rounds toward zero, too. */
    private static float towardZero(double value) {
        float rounded = (float) value;
        return Math.abs((double) rounded) > Math.abs(value) ? Math.nextAfter(rounded, 0.0) : rounded;
    }

    private static int ordinal(short bits) {
        return bits < 0 ? -(bits & 0x7fff) : bits;
    }
}
