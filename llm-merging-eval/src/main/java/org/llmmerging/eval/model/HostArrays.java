package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.function.Consumer;

/**
 * Arrays made in Java and read back. The engine gets its own copy: what autograd keeps for the backward pass lives
 * longer than any object of ours.
 */
public final class HostArrays {

    private HostArrays() {}

    /** A float32 array that {@code fill} writes in row-major order. */
    public static NDArray floats(NDManager manager, Shape shape, Consumer<FloatBuffer> fill) {
        return create(manager, shape, DataType.FLOAT32, buffer -> fill.accept(buffer.asFloatBuffer()));
    }

    /** An int64 array that {@code fill} writes in row-major order. */
    public static NDArray longs(NDManager manager, Shape shape, Consumer<LongBuffer> fill) {
        return create(manager, shape, DataType.INT64, buffer -> fill.accept(buffer.asLongBuffer()));
    }

    /** Token ids, {@code [rows, width]}. */
    public static NDArray ids(NDManager manager, TokenLayout tokens) {
        return longs(manager, new Shape(tokens.rows(), tokens.width()), buffer -> {
            for (int row = 0; row < tokens.rows(); row++) {
                for (int column = 0; column < tokens.width(); column++) {
                    buffer.put(tokens.id(row, column));
                }
            }
        });
    }

    /** A vector of indices. */
    public static NDArray indices(NDManager manager, int[] values) {
        return longs(manager, new Shape(values.length), buffer -> {
            for (int value : values) {
                buffer.put(value);
            }
        });
    }

    /** The elements in row-major order, as float32. */
    public static float[] read(NDArray array) {
        try (NDArray single = array.toType(DataType.FLOAT32, true)) {
            FloatBuffer buffer = single.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
            float[] values = new float[buffer.remaining()];
            buffer.get(values);
            return values;
        }
    }

    private static NDArray create(NDManager manager, Shape shape, DataType type, Consumer<ByteBuffer> fill) {
        try (Arena arena = Arena.ofConfined()) {
            long bytes = Math.multiplyExact(shape.size(), (long) type.getNumOfBytes());
            ByteBuffer buffer = arena.allocate(bytes, Long.BYTES).asByteBuffer().order(ByteOrder.nativeOrder());
            fill.accept(buffer);
            try (NDArray view = manager.create(buffer, shape, type)) {
                return view.duplicate();
            }
        }
    }
}
