package org.llmmerging.checkpoint;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The bytes of one pickle or of several that follow one another. Each method goes on behind what it has read, and
 * throws {@link CheckpointException} at the end. One thread only.
 */
final class PickleInput {
    /** Most bytes that are read; ten thousand tensors take one or two million. */
    private static final int LONGEST = 1 << 25;

    private final Path file;
    private final ByteBuffer pickle;

    /**
     * @param file for messages
     * @param bytes of which no more is read than is sensible for pickles
     */
    PickleInput(Path file, MemorySegment bytes) {
        this.file = file;
        this.pickle = bytes.asSlice(0, Math.min(bytes.byteSize(), LONGEST)).asByteBuffer();
    }

    /** How many bytes have been read. */
    int position() {
        return pickle.position();
    }

    /** Whether nothing is left. */
    boolean isAtEnd() {
        return !pickle.hasRemaining();
    }

    /** The next byte, from 0 to 255. */
    int next() {
        return Byte.toUnsignedInt(bytes(1).get());
    }

    /** A length in four bytes. */
    int length() {
        int length = bytes(Integer.BYTES).getInt();
        if (length < 0) {
            throw problem("ends early");
        }
        return length;
    }

    /** So many bytes, as little-endian numbers. */
    ByteBuffer bytes(int count) {
        if (count > pickle.remaining()) {
            throw problem("ends early");
        }
        ByteBuffer taken = pickle.slice(pickle.position(), count).order(ByteOrder.LITTLE_ENDIAN);
        pickle.position(pickle.position() + count);
        return taken;
    }

    /** So many bytes of UTF-8. */
    String text(int length) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes(length)).toString();
        } catch (CharacterCodingException e) {
            throw problem("has a text that is not UTF-8");
        }
    }

    /** Text up to a line feed, which is read, too. */
    String line() {
        int length = 0;
        while (length < pickle.remaining() && pickle.get(pickle.position() + length) != '\n') {
            length++;
        }
        String line = text(length);
        next();
        return line;
    }

    /** A little-endian integer of so many bytes; of none, zero. */
    long integer(int length) {
        byte[] littleEndian = new byte[length];
        bytes(length).get(littleEndian);
        byte[] bigEndian = new byte[length + 1];
        for (int i = 0; i < length; i++) {
            bigEndian[length - i] = littleEndian[i];
        }
        bigEndian[0] = (byte) (length > 0 && littleEndian[length - 1] < 0 ? -1 : 0);
        BigInteger value = new BigInteger(bigEndian);
        if (value.bitLength() >= Long.SIZE) {
            throw problem("has a number of more than 64 bits");
        }
        return value.longValue();
    }

    /** What is wrong with the pickle, for the caller to throw. */
    CheckpointException problem(String what) {
        return new CheckpointException(file, "has a pickle that " + what + ". " + Remedy.REPLACE_TORCH);
    }
}
