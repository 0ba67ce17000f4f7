package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * The weights of a model. On the processor, float32 tensors are the mapped file itself, unless one is larger than a
 * buffer can be, and other types are widened to float32; on an accelerator every tensor is a copy, in float16 where
 * {@link #type} says so.
 */
final class CheckpointWeights implements Weights, AutoCloseable {
    /** A buffer holds at most 2³¹−1 bytes; a larger tensor is filled piece by piece. */
    private static final long LARGEST_BUFFER = Integer.MAX_VALUE - 15L;

    private static final long WIDENED_AT_ONCE = 1 << 16;

    /** As the engine aligns its own arrays: kernels may add up in another order where the alignment is another. */
    private static final long ALIGNMENT = 64;

    private final SourceModel model;
    private final NDManager manager;
    private final DataType type;
    private final Runnable onClose;
    private final Arena arena = Arena.ofShared();
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();

    private CheckpointWeights(SourceModel model, NDManager manager, DataType type, Runnable onClose) {
        this.model = model;
        this.manager = manager;
        this.type = type;
        this.onClose = onClose;
    }

    /** Opens the tensors that {@code config} calls for, checking their shapes. */
    static CheckpointWeights open(Path folder, ModelConfig config, Device device) {
        Checkpoint checkpoint = Checkpoint.open(folder);
        try {
            SourceModel model = new SourceModel(folder.toString(), checkpoint, null);
            return load(model, config, device, type(config, device), checkpoint::close);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    /**
     * What an evaluation runs in: float16 on an accelerator, half the memory and several times the speed. T5 was
     * trained in bfloat16, and the sums of its feed-forward layers overflow float16.
     */
    static DataType type(ModelConfig config, Device device) {
        return device.isGpu() && config instanceof DecoderConfig ? DataType.FLOAT16 : DataType.FLOAT32;
    }

    /** The tensors of an open model as float32, which must not be closed before. */
    static CheckpointWeights of(SourceModel model, ModelConfig config, Device device) {
        return load(model, config, device, DataType.FLOAT32, () -> {});
    }

    private static CheckpointWeights load(
            SourceModel model, ModelConfig config, Device device, DataType type, Runnable onClose) {
        Map<String, Shape> shapes = config.verifiedShapes(model.tensors());
        if (!device.isGpu()) {
            EngineMemory.checkWeights(config.folder(), 1, copiedBytes(model, shapes.keySet()));
        }
        TorchEngine.chooseThreads(parameters(model));
        CheckpointWeights weights = new CheckpointWeights(model, TorchEngine.newManager(device), type, onClose);
        try {
            for (String name : shapes.keySet()) {
                weights.arrays.put(name, weights.load(model.source(name), LARGEST_BUFFER));
            }
            return weights;
        } catch (RuntimeException | Error e) {
            weights.free();
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
        free();
        onClose.run();
    }

    private void free() {
        manager.close();
        arena.close();
    }

    /** Bytes of the float32 copies of those of some tensors that are not used where they are mapped. */
    static long copiedBytes(SourceModel model, Collection<String> names) {
        return names.stream()
                .map(model::source)
                .filter(source -> mapped(source).isEmpty() || floatBytes(source) > LARGEST_BUFFER)
                .mapToLong(CheckpointWeights::floatBytes)
                .sum();
    }

    /**
     * A tensor as the engine computes with it.
     *
     * @param largest bytes that a buffer may have
     */
    NDArray load(TensorSource source, long largest) {
        boolean isOne = floatBytes(source) <= largest;
        if (isOne && !manager.getDevice().isGpu()) {
            return array(floats(source, 0, source.info().shape().elements(), arena), source.info().shape());
        }
        NDArray copy = isOne ? copied(source) : filled(source, largest);
        if (type == DataType.FLOAT32) {
            return copy;
        }
        try (copy) {
            return copy.toType(type, true);
        }
    }

    /** Of the engine's own, filled by runs of the first dimension, so that no more than one of them is held twice. */
    private NDArray filled(TensorSource source, long largest) {
        Shape shape = source.info().shape();
        long row = shape.elements() / shape.dimension(0);
        long most = Math.max(1, largest / (row * Float.BYTES));
        NDArray whole = manager.create(new ai.djl.ndarray.types.Shape(shape.dimensions()), DataType.FLOAT32);
        for (long begin = 0; begin < shape.dimension(0); begin += most) {
            long[] dimensions = shape.dimensions();
            dimensions[0] = Math.min(most, dimensions[0] - begin);
            try (Arena passing = Arena.ofConfined();
                    NDArray piece = array(
                            floats(source, begin * row, dimensions[0] * row, passing), Shape.of(dimensions))) {
                whole.set(new NDIndex("{}:{}", begin, begin + dimensions[0]), piece);
            }
        }
        return whole;
    }

    /** On an accelerator, where the engine has a copy of its own. */
    private NDArray copied(TensorSource source) {
        Shape shape = source.info().shape();
        try (Arena passing = Arena.ofConfined()) {
            return array(floats(source, 0, shape.elements(), passing), shape);
        }
    }

    private static Optional<MemorySegment> mapped(TensorSource source) {
        return source.stored()
                .filter(data -> source.info().dtype() == DType.F32 && data.address() % Float.BYTES == 0);
    }

    private static long floatBytes(TensorSource source) {
        return source.info().shape().elements() * Float.BYTES;
    }

    /** A run of elements where they are mapped, else widened. */
    private static MemorySegment floats(TensorSource source, long first, long count, Arena arena) {
        return mapped(source)
                .map(data -> data.asSlice(first * Float.BYTES, count * Float.BYTES))
                .orElseGet(() -> widened(source, first, count, arena));
    }

    private static MemorySegment widened(TensorSource source, long first, long count, Arena arena) {
        MemorySegment floats = arena.allocate(count * Float.BYTES, ALIGNMENT);
        float[] chunk = new float[(int) Math.min(count, WIDENED_AT_ONCE)];
        for (long done = 0; done < count; done += chunk.length) {
            int length = (int) Math.min(chunk.length, count - done);
            source.read(first + done, chunk, length);
            MemorySegment.copy(chunk, 0, floats, ValueLayout.JAVA_FLOAT, done * Float.BYTES, length);
        }
        return floats;
    }

    private NDArray array(MemorySegment floats, Shape shape) {
        return manager.create(
                floats.asByteBuffer().order(ByteOrder.nativeOrder()),
                new ai.djl.ndarray.types.Shape(shape.dimensions()),
                DataType.FLOAT32);
    }

    private static long parameters(SourceModel model) {
        return model.tensors().values().stream()
                .mapToLong(tensor -> tensor.shape().elements())
                .sum();
    }
}
