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
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.Tensor;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;
import org.llmmerging.tensor.Shape;

/**
 * The weights of a checkpoint, or of one with an adapter on it. On the processor, float32 tensors of a checkpoint are the
 * mapped file itself and other types are widened to float32; on an accelerator every tensor is a float16 copy.
 */
final class CheckpointWeights implements Weights, AutoCloseable {
    /** A buffer holds at most 2³¹−1 bytes; a larger tensor is joined from pieces. */
    private static final long LARGEST_BUFFER = Integer.MAX_VALUE - 15L;

    private static final long WIDENED_AT_ONCE = 1 << 16;

    private final Runnable onClose;
    private final NDManager manager;
    private final Arena arena = Arena.ofShared();
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    private CheckpointWeights(NDManager manager, Runnable onClose) {
        this.manager = manager;
        this.onClose = onClose;
    }

    /** Opens the tensors that {@code config} calls for, checking their shapes. */
    static CheckpointWeights open(Path folder, ModelConfig config, Device device) {
        Checkpoint checkpoint = Checkpoint.open(folder);
        CheckpointWeights weights = null;
        try {
            Map<String, Shape> shapes = WeightShapes.verified(config, checkpoint.tensors());
            NDManager manager = TorchEngine.newManager(device, parameters(checkpoint.tensors()));
            weights = new CheckpointWeights(manager, checkpoint::close);
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

    /** Computes the tensors of a model with an adapter, which stays the caller's. */
    static CheckpointWeights open(SourceModel model, ModelConfig config, Device device) {
        Map<String, Shape> shapes = WeightShapes.verified(config, model.tensors());
        CheckpointWeights weights = new CheckpointWeights(TorchEngine.newManager(device, parameters(model.tensors())),
                () -> {});
        try {
            for (String name : shapes.keySet()) {
                TensorSource source = model.source(name);
                Shape shape = source.info().shape();
                weights.arrays.put(name, weights.place(weights.widened(shape.elements(), source::read), shape));
            }
            return weights;
        } catch (RuntimeException | Error e) {
            weights.close();
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
        onClose.run();
    }

    private NDArray load(Tensor tensor) {
        Shape shape = tensor.info().shape();
        MemorySegment floats = tensor.info().dtype() == DType.F32 && tensor.data().address() % Float.BYTES == 0
                ? tensor.data()
                : widened(tensor);
        return place(floats, shape);
    }

    /** On the device, in the type that it calculates in. */
    private NDArray place(MemorySegment floats, Shape shape) {
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
        if (tensor.info().dtype() == DType.F32) {
            return arena.allocate(elements * Float.BYTES, Long.BYTES).copyFrom(tensor.data());
        }
        FloatCodec codec = FloatCodec.of(tensor.info().dtype());
        return widened(elements, (first, into, count) -> codec.decode(tensor.data(), first, into, 0, count));
    }

    private MemorySegment widened(long elements, Elements source) {
        MemorySegment floats = arena.allocate(elements * Float.BYTES, Long.BYTES);
        float[] chunk = new float[(int) Math.min(elements, WIDENED_AT_ONCE)];
        for (long done = 0; done < elements; done += chunk.length) {
            int count = (int) Math.min(chunk.length, elements - done);
            source.read(done, chunk, count);
            MemorySegment.copy(chunk, 0, floats, ValueLayout.JAVA_FLOAT, done * Float.BYTES, count);
        }
        return floats;
    }

    /** Reads elements as float32, see {@link TensorSource#read}. */
    @FunctionalInterface
    private interface Elements {
        void read(long first, float[] into, int count);
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

    private static long parameters(Map<String, TensorInfo> tensors) {
        return tensors.values().stream().mapToLong(tensor -> tensor.shape().elements()).sum();
    }
}
