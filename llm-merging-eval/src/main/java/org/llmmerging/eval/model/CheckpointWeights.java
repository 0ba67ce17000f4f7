package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.Tensor;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;
import org.llmmerging.tensor.Shape;

/**
 * The weights of a checkpoint. On the processor, float32 tensors are the mapped file itself and other types are
 * widened to float32; on an accelerator every tensor is a float16 copy. Owns the checkpoint.
 */
final class CheckpointWeights implements Weights, AutoCloseable {
    /** A buffer holds at most 2³¹−1 bytes; a larger tensor is joined from pieces. */
    private static final long LARGEST_BUFFER = Integer.MAX_VALUE - 15L;

    private static final long WIDENED_AT_ONCE = 1 << 16;

    private final Checkpoint checkpoint;
    private final NDManager manager;
    private final Arena arena = Arena.ofShared();
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    private CheckpointWeights(Checkpoint checkpoint, NDManager manager) {
        this.checkpoint = checkpoint;
        this.manager = manager;
    }

    /** Opens the tensors that {@code config} calls for, checking their shapes. */
    static CheckpointWeights open(Path folder, ModelConfig config, Device device) {
        Checkpoint checkpoint = Checkpoint.open(folder);
        CheckpointWeights weights = null;
        try {
            Map<String, Shape> shapes = WeightShapes.verified(config, checkpoint.tensors());
            weights = new CheckpointWeights(checkpoint, TorchEngine.newManager(device, parameters(checkpoint)));
            for (String name : shapes.keySet()) {
                weights.arrays.put(name, weights.load(checkpoint.tensor(name)));
            }
            return weights;
        } catch (RuntimeException | Error e) {
            if (weights == null) {
                checkpoint.close();
            } else {
                weights.close();
            }
            throw e;
        }
    }

    @Override
    public NDArray get(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("no weight " + name);
        }
        return array;
    }

    @Override
    public boolean contains(String name) {
        return arrays.containsKey(name);
    }

    NDManager manager() {
        return manager;
    }

    @Override
    public void close() {
        manager.close();
        arena.close();
        checkpoint.close();
    }

    private NDArray load(Tensor tensor) {
        Shape shape = tensor.info().shape();
        MemorySegment floats = tensor.info().dtype() == DType.F32 && tensor.data().address() % Float.BYTES == 0
                ? tensor.data()
                : widened(tensor);
        NDArray array = array(floats, shape);
        if (!manager.getDevice().isGpu()) {
            return array;
        }
        try (NDArray single = array) {
            return single.toType(DataType.FLOAT16, true);
        }
    }

    private MemorySegment widened(Tensor tensor) {
        long elements = tensor.info().shape().elements();
        MemorySegment floats = arena.allocate(elements * Float.BYTES, Long.BYTES);
        if (tensor.info().dtype() == DType.F32) {
            return floats.copyFrom(tensor.data());
        }
        FloatCodec codec = FloatCodec.of(tensor.info().dtype());
        float[] chunk = new float[(int) Math.min(elements, WIDENED_AT_ONCE)];
        for (long done = 0; done < elements; done += chunk.length) {
            int count = (int) Math.min(chunk.length, elements - done);
            codec.decode(tensor.data(), done, chunk, 0, count);
            MemorySegment.copy(chunk, 0, floats, ValueLayout.JAVA_FLOAT, done * Float.BYTES, count);
        }
        return floats;
    }

    private NDArray array(MemorySegment floats, Shape shape) {
        if (floats.byteSize() <= LARGEST_BUFFER) {
            return manager.create(
                    floats.asByteBuffer().order(ByteOrder.nativeOrder()),
                    new ai.djl.ndarray.types.Shape(shape.dimensions()),
                    DataType.FLOAT32);
        }
        long rowBytes = floats.byteSize() / shape.dimension(0);
        long rowsPerPiece = LARGEST_BUFFER / rowBytes;
        NDList pieces = new NDList();
        try {
            for (long row = 0; row < shape.dimension(0); row += rowsPerPiece) {
                long[] dimensions = shape.dimensions();
                dimensions[0] = Math.min(rowsPerPiece, dimensions[0] - row);
                pieces.add(array(floats.asSlice(row * rowBytes, dimensions[0] * rowBytes), Shape.of(dimensions)));
            }
            return NDArrays.concat(pieces, 0);
        } finally {
            pieces.close();
        }
    }

    private static long parameters(Checkpoint checkpoint) {
        return checkpoint.tensors().values().stream()
                .mapToLong(tensor -> tensor.shape().elements())
                .sum();
    }
}
