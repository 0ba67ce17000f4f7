package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;

/**
 * Converts between the stored, little-endian form of a floating-point type and float32.
 *
 * <p>Decoding is exact, but for float64, which is rounded. Encoding rounds to the nearest value, ties to even; what
 * is too large becomes an infinity, subnormals are kept, and a NaN becomes a quiet NaN of the same sign, float32's
 * own bits being copied. There is a scalar and a vector implementation of each 16-bit type, with the same bits.
 *
 * <p>Thread-safe.
 */
public interface FloatCodec {

    /**
     * The codec of a type, on the Vector API where the virtual machine was started with it.
     *
     * @throws IllegalArgumentException for a type that is not {@linkplain DType#isMergeable() mergeable}
     */
    static FloatCodec of(DType type) {
        return CodecProvider.INSTANCE.codec(type);
    }

    /**
     * Reads {@code count} elements. Where {@code data} is a mapped file that has been cut, the virtual machine throws
     * {@link InternalError}; the checkpoint's {@code verifyUnchanged} then says so in words.
     *
     * @param data a tensor's data, of any alignment
     * @param firstElement index of the first element read
     * @param into where they go, from index {@code at}
     * @throws IndexOutOfBoundsException when either range exceeds its container
     */
    void decode(MemorySegment data, long firstElement, float[] into, int at, int count);

    /**
     * Writes {@code count} elements.
     *
     * @param from where they come from, from index {@code at}
     * @param into a tensor's data, of any alignment
     * @param firstElement index of the first element written
     * @throws IndexOutOfBoundsException when either range exceeds its container
     */
    void encode(float[] from, int at, int count, MemorySegment into, long firstElement);
}
