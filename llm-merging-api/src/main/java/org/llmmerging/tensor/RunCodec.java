package org.llmmerging.tensor;

import java.lang.foreign.MemorySegment;

/** A 16-bit type, converted in short runs by the vector loops of a subclass. */
abstract class RunCodec implements FloatCodec {
    /** Elements that a loop is over: few, so that it is soon called often enough to be compiled. */
    private static final int RUN = 1024;

    /** Converts {@code stored[from]} to {@code stored[end - 1]}, element {@code i} to {@code into[at + i]}. */
    abstract void decode(short[] stored, int from, int end, float[] into, int at);

    /** Converts as many of {@code count} elements from {@code from[at]} on as are whole vectors. */
    abstract void encode(float[] from, int at, int count, short[] into);

    /** Number of elements that are whole vectors. */
    abstract int wholeVectors(int count);

    /** The same bits in plain Java, for what is no whole vector. */
    abstract FloatCodec scalar();

    @Override
    public final void decode(MemorySegment data, long firstElement, float[] into, int at, int count) {
        StoredShorts stored = new StoredShorts(data, firstElement, count);
        for (int done = 0; done < count; done += stored.length()) {
            short[] piece = stored.read(done);
            for (int from = 0; from < stored.length(); from += RUN) {
                decode(piece, from, Math.min(from + RUN, stored.length()), into, at + done);
            }
        }
    }

    @Override
    public final void encode(float[] from, int at, int count, MemorySegment into, long firstElement) {
        int whole = wholeVectors(count);
        short[] run = new short[Math.min(RUN, whole)];
        for (int done = 0; done < whole; done += RUN) {
            int length = Math.min(RUN, whole - done);
            encode(from, at + done, length, run);
            MemorySegment.copy(run, 0, into, Layouts.SHORT, (firstElement + done) * Short.BYTES, length);
        }
        scalar().encode(from, at + whole, count - whole, into, firstElement + whole);
    }
}
