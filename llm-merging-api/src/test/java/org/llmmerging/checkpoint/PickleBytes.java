package org.llmmerging.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Assembles pickles instruction by instruction, right or wrong, without the code under test. */
final class PickleBytes {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    PickleBytes() {
        raw(0x80, 2);
    }

    /**
     * A pickle of a dictionary of tensors, each float32, of this size and these strides, in the storage {@code key}.
     */
    static PickleBytes tensor(String name, String key, long count, long offset, long[] size, long[] stride) {
        return new PickleBytes()
                .raw('}')
                .text(name)
                .global("torch._utils", "_rebuild_tensor_v2")
                .raw('(')
                .storage("FloatStorage", key, count)
                .integer(offset)
                .tuple(size)
                .tuple(stride)
                .raw(0x89)
                .raw('}')
                .raw('t', 'R', 's');
    }

    PickleBytes raw(int... instructions) {
        for (int instruction : instructions) {
            bytes.write(instruction);
        }
        return this;
    }

    PickleBytes text(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return raw('X').fixed(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(encoded.length))
                .append(encoded);
    }

    PickleBytes integer(long value) {
        return raw(0x8a, Long.BYTES).fixed(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value));
    }

    PickleBytes global(String module, String name) {
        return raw('c').append((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    }

    PickleBytes tuple(long... values) {
        raw('(');
        for (long value : values) {
            integer(value);
        }
        return raw('t');
    }

    PickleBytes storage(String type, String key, long count) {
        return raw('(')
                .text("storage")
                .global("torch", type)
                .text(key)
                .text("cpu")
                .integer(count)
                .raw('t', 'Q');
    }

    private PickleBytes fixed(ByteBuffer buffer) {
        return append(buffer.array());
    }

    PickleBytes append(byte[] more) {
        bytes.writeBytes(more);
        return this;
    }

    /** With the instruction that ends it. */
    byte[] end() {
        raw('.');
        return bytes.toByteArray();
    }

    /** The entries of an archive with this pickle. */
    Map<String, byte[]> withStorage(String key, int storageBytes) {
        return Map.of("a/data.pkl", end(), "a/data/" + key, new byte[storageBytes]);
    }
}
