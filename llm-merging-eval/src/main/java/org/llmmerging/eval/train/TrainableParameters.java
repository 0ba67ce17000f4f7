package org.llmmerging.eval.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.model.Scaling;

/**
 * Named float32 arrays that a loss is differentiated by. Gradients add up over calls of {@link #backward} until
 * {@link #clearGradients}, so that several small batches make one step. Not thread-safe; not to be used while another
 * instance is in {@link #backward}.
 */
public final class TrainableParameters implements AutoCloseable {
    private final NDManager manager;
    private final Map<String, NDArray> arrays = new LinkedHashMap<>();
    private final Map<String, Long> stacks = new HashMap<>();

    /** @param parent the arrays live no longer than it */
    public TrainableParameters(NDManager parent) {
        this.manager = parent.newSubManager();
    }

    /**
     * Adds one parameter, without a gradient yet.
     *
     * @param values in row-major order; copied
     * @return the array, owned by this object and changed in place by each step of an optimizer
     */
    public NDArray add(String name, float[] values, long... shape) {
        if (arrays.containsKey(name)) {
            throw new IllegalArgumentException("two parameters " + name);
        }
        NDArray array = HostArrays.floats(manager, new Shape(shape), buffer -> buffer.put(values));
        array.setRequiresGradient(true);
        try (NDScope scope = new NDScope(); GradientMode recording = GradientMode.on()) {
            scope.suppressNotUsedWarning();
            // The engine has no way to ask whether there is a gradient: from here on there is one.
            differentiate(Scaling.times(array.sum(), 0));
        }
        arrays.put(name, array);
        return array;
    }

    /**
     * Adds several parameters of one shape as one array, so that an operation works on all of them.
     *
     * @param shape of the array; the first dimension counts the parameters
     */
    public NDArray addStacked(String name, float[] values, long... shape) {
        NDArray array = add(name, values, shape);
        stacks.put(name, shape[0]);
        return array;
    }

    /** How many parameters a name stands for: 1 unless they were added as a stack. */
    long vectors(String name) {
        return stacks.getOrDefault(name, 1L);
    }

    /** The names, in the order they were added. */
    public Set<String> names() {
        return Collections.unmodifiableSet(arrays.keySet());
    }

    /** @throws IllegalArgumentException when there is no such parameter */
    public NDArray get(String name) {
        NDArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException("no parameter " + name);
        }
        return array;
    }

    /**
     * Adds the gradient of a loss to those of the parameters.
     *
     * @param loss computes a scalar; every array that it makes is closed at the end
     * @return the loss
     */
    public float backward(Supplier<NDArray> loss) {
        try (NDScope scope = new NDScope(); GradientCollector collector = engine().newGradientCollector()) {
            scope.suppressNotUsedWarning();
            NDArray result = loss.get();
            differentiate(result);
            return result.getFloat();
        }
    }

    /** The gradient of one parameter, in its shape. The caller closes it; changing it changes the gradient. */
    public NDArray gradient(String name) {
        return get(name).getGradient();
    }

    /** Sets every gradient to zero. */
    public void clearGradients() {
        arrays.values().forEach(array -> JniUtils.zeroGrad((PtNDArray) array));
    }

    /** A copy of every parameter's elements, in row-major order. */
    public Map<String, float[]> values() {
        Map<String, float[]> values = new LinkedHashMap<>();
        arrays.forEach((name, array) -> values.put(name, HostArrays.read(array)));
        return values;
    }

    /** Sets a parameter to these elements, bit by bit. */
    public void set(String name, float[] values) {
        try (GradientMode off = GradientMode.off()) {
            overwrite(get(name), values);
        }
    }

    NDManager manager() {
        return manager;
    }

    @Override
    public void close() {
        manager.close();
    }

    /** Copies elements into an array of the engine. */
    static void overwrite(NDArray array, float[] values) {
        if (array.size() != values.length) {
            throw new IllegalArgumentException(values.length + " values for " + array.getShape());
        }
        // Not from a buffer: DJL 0.35.1 with PyTorch 2.7.1 prints "AutoNonVariableTypeMode is deprecated" then.
        try (NDArray copy = HostArrays.floats(array.getManager(), array.getShape(), buffer -> buffer.put(values))) {
            array.set(new NDIndex("..."), copy);
        }
    }

    private static void differentiate(NDArray loss) {
        if (loss.getDataType() != DataType.FLOAT32 || loss.size() != 1) {
            throw new IllegalArgumentException("a loss is a float32 scalar, not " + loss.getShape());
        }
        try (NDArray one = loss.onesLike()) {
            JniUtils.backward((PtNDArray) loss, (PtNDArray) one, false, false);
        }
    }

    private static Engine engine() {
        return Engine.getEngine("PyTorch");
    }
}
