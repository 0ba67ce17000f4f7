package org.llmmerging.eval.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.model.HostArrays;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101) and, on request, momentum-filtered updates
 * (MoFO, Chen et al., arXiv:2407.20999): of each parameter only the share of elements with the largest momentum is
 * updated, so that the others stay where they were. The same gradients give the same bits. Not thread-safe.
 */
public final class AdamW implements AutoCloseable {
    private static final double BETA1 = 0.9;
    private static final double BETA2 = 0.999;
    private static final double EPSILON = 1e-8;
    private static final String MOMENTUM = ".momentum";
    private static final String SQUARE = ".square";

    private final TrainableParameters parameters;
    private final double weightDecay;
    private final @Nullable Double updatedShare;
    private final Map<String, NDArray> momenta = new LinkedHashMap<>();
    private final Map<String, NDArray> squares = new LinkedHashMap<>();
    private long steps;

    /**
     * @param parameters changed in place; outlive this object
     * @param weightDecay each step first shrinks a parameter by the learning rate times this
     * @param updatedShare MoFO's alpha, above 0 and at most 1, of which at least one element is updated; null for all
     */
    public AdamW(TrainableParameters parameters, double weightDecay, @Nullable Double updatedShare) {
        if (updatedShare != null && !(updatedShare > 0 && updatedShare <= 1)) {
            throw new IllegalArgumentException("a share of " + updatedShare);
        }
        this.parameters = parameters;
        this.weightDecay = weightDecay;
        this.updatedShare = updatedShare;
        for (String name : parameters.names()) {
            NDArray parameter = parameters.get(name);
            momenta.put(name, zeros(parameter));
            squares.put(name, zeros(parameter));
        }
    }

    /** Updates every parameter by its gradient. The gradients stay. */
    public void step(double learningRate) {
        steps++;
        try (GradientMode off = GradientMode.off()) {
            for (String name : parameters.names()) {
                try (NDScope scope = new NDScope()) {
                    scope.suppressNotUsedWarning();
                    update(name, learningRate);
                }
            }
        }
    }

    /** Number of steps taken, those before a {@link #restore} included. */
    public long steps() {
        return steps;
    }

    /** A copy of the state by name: {@code PARAMETER.momentum} and {@code PARAMETER.square}, row-major. */
    public Map<String, float[]> state() {
        Map<String, float[]> state = new LinkedHashMap<>();
        for (String name : parameters.names()) {
            state.put(name + MOMENTUM, HostArrays.read(momentum(name)));
            state.put(name + SQUARE, HostArrays.read(square(name)));
        }
        return state;
    }

    /** The state of parameters with these values before the first step. */
    public static Map<String, float[]> initialState(Map<String, float[]> parameters) {
        Map<String, float[]> state = new LinkedHashMap<>();
        parameters.forEach((name, values) -> {
            state.put(name + MOMENTUM, new float[values.length]);
            state.put(name + SQUARE, new float[values.length]);
        });
        return state;
    }

    /**
     * Goes on from an earlier state, to the same bits.
     *
     * @param steps as {@link #steps()} said
     * @param state as {@link #state()} returned
     * @throws IllegalArgumentException when it is the state of other parameters
     */
    public void restore(long steps, Map<String, float[]> state) {
        try (GradientMode off = GradientMode.off()) {
            for (String name : parameters.names()) {
                TrainableParameters.overwrite(momentum(name), stored(state, name + MOMENTUM));
                TrainableParameters.overwrite(square(name), stored(state, name + SQUARE));
            }
        }
        this.steps = steps;
    }

    @Override
    public void close() {
        momenta.values().forEach(NDArray::close);
        squares.values().forEach(NDArray::close);
    }

    private void update(String name, double learningRate) {
        NDArray parameter = parameters.get(name);
        NDArray gradient = parameters.gradient(name);
        NDArray momentum = momentum(name);
        NDArray square = square(name);
        if (weightDecay != 0) {
            parameter.muli(1 - learningRate * weightDecay);
        }
        momentum.muli(BETA1).addi(gradient.mul(1 - BETA1));
        square.muli(BETA2).addi(gradient.square().muli(1 - BETA2));
        NDArray spread = square.div(1 - Math.pow(BETA2, steps)).sqrt().addi(EPSILON);
        NDArray change = momentum.mul(learningRate / (1 - Math.pow(BETA1, steps))).divi(spread);
        parameter.subi(updatedShare == null ? change : change.muli(mask(name, momentum, updatedShare)));
    }

    /** 1 where the momentum is among the largest in magnitude, all that equal the last of them included; else 0. */
    private NDArray mask(String name, NDArray momentum, double share) {
        long vectors = parameters.vectors(name);
        NDArray magnitudes = momentum.abs().reshape(vectors, momentum.size() / vectors);
        long kept = Math.max(1, (long) (share * magnitudes.getShape().get(1)));
        NDArray largest = magnitudes.topK(Math.toIntExact(kept), 1, true, false).get(0);
        NDArray mask = magnitudes.gte(largest.min(new int[] {1}, true)).toType(DataType.FLOAT32, false);
        return mask.reshape(momentum.getShape());
    }

    private NDArray zeros(NDArray parameter) {
        return parameters.manager().zeros(parameter.getShape());
    }

    private NDArray momentum(String name) {
        return stored(momenta, name);
    }

    private NDArray square(String name) {
        return stored(squares, name);
    }

    private static <T> T stored(Map<String, T> values, String name) {
        T value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no state " + name);
        }
        return value;
    }
}
