package org.llmmerging.tensor;

/** Bit patterns that the two float16 codecs share. A magnitude is a value's bits without the sign. */
final class Float16Bits {
    /** Bits by which a float32's fraction is longer. */
    static final int EXTRA_FRACTION = 13;
    /** Difference of the exponents' biases, at a float32's exponent. */
    static final int BIAS_DIFFERENCE = (127 - 15) << 23;
    /** What a float16's bits, moved to a float32's place, are multiplied by: exact, for subnormals too. */
    static final float REBIAS = 0x1p112f;
    /** float16's infinity. */
    static final int INFINITY = 0x7c00;
    /** float16's quiet NaN. */
    static final int QUIET = 0x7e00;
    /** float32's infinity. */
    static final int FLOAT_INFINITY = 0x7f80_0000;
    /** The bit that makes a float32 NaN quiet. */
    static final int QUIET_FLOAT = 0x0040_0000;
    /** 65536 as a float32; rounding takes what lies between the largest float16 and it to the right side. */
    static final int FIRST_TOO_LARGE = (127 + 16) << 23;
    /** 2^-14 as a float32, the smallest normal float16. */
    static final int FIRST_NORMAL = (127 - 14) << 23;
    /** A float32 whose last place is a subnormal float16's: adding it rounds there. */
    static final float SUBNORMAL_UNIT = 0.5f;

    private Float16Bits() {}
}
