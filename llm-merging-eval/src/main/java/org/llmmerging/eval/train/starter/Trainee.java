package org.llmmerging.eval.train.starter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.model.Scaling;
import org.llmmerging.eval.model.Weights;
import org.llmmerging.eval.train.TrainableParameters;

/**
 * The weights of a model in training: all of them, or the factors of a LoRA adapter on top of a base that stays as it
 * is.
 */
final class Trainee implements Weights, AutoCloseable {
    private final TrainableParameters parameters;
    private final Map<String, NDArray> frozen = new HashMap<>();
    private final @Nullable StarterAdapter adapter;

    private Trainee(NDManager manager, @Nullable StarterAdapter adapter) {
        this.parameters = new TrainableParameters(manager);
        this.adapter = adapter;
    }

    /** A model all of whose weights are trained. */
    static Trainee whole(NDManager manager, List<InitialWeight> weights, Map<String, float[]> values) {
        Trainee trainee = new Trainee(manager, null);
        trainee.addAll(weights, values);
        return trainee;
    }

    /** A model of which an adapter is trained. */
    static Trainee adapted(
            NDManager manager,
            List<InitialWeight> weights,
            Map<String, float[]> base,
            StarterAdapter adapter,
            List<InitialWeight> factors,
            Map<String, float[]> values) {
        Trainee trainee = new Trainee(manager, adapter);
        for (InitialWeight weight : weights) {
            float[] elements = base.getOrDefault(weight.name(), new float[0]);
            Shape shape = new Shape(weight.shape().dimensions());
            NDArray array = HostArrays.floats(manager, shape, buffer -> buffer.put(elements));
            trainee.frozen.put(weight.name(), array);
        }
        trainee.addAll(factors, values);
        return trainee;
    }

    private void addAll(List<InitialWeight> weights, Map<String, float[]> values) {
        for (InitialWeight weight : weights) {
            float[] elements = values.getOrDefault(weight.name(), new float[0]);
            parameters.add(weight.name(), elements, weight.shape().dimensions());
        }
    }

    /** What is trained. */
    TrainableParameters parameters() {
        return parameters;
    }

    @Override
    public NDArray get(String name) {
        NDArray base = frozen.get(name);
        if (adapter == null) {
            return parameters.get(name);
        }
        if (base == null) {
            throw new IllegalArgumentException("no weight " + name);
        }
        String down = StarterAdapter.downName(name);
        if (!parameters.names().contains(down)) {
            return base;
        }
        NDArray product = parameters.get(StarterAdapter.upName(name)).matMul(parameters.get(down));
        return base.add(Scaling.times(product, adapter.scale()));
    }

    @Override
    public boolean contains(String name) {
        return adapter == null ? parameters.names().contains(name) : frozen.containsKey(name);
    }

    /** A copy of what is trained, rounded as it is stored. */
    Map<String, float[]> stored() {
        Map<String, float[]> stored = new LinkedHashMap<>();
        parameters.values().forEach((name, values) -> stored.put(name, StoredWeights.rounded(values)));
        return stored;
    }

    /** The elements of weights as the model computes with them. */
    Map<String, float[]> applied(List<InitialWeight> weights) {
        Map<String, float[]> applied = new LinkedHashMap<>();
        for (InitialWeight weight : weights) {
            try (NDScope scope = new NDScope()) {
                scope.suppressNotUsedWarning();
                NDArray array = get(weight.name());
                applied.put(weight.name(), HostArrays.read(array));
            }
        }
        return applied;
    }

    @Override
    public void close() {
        parameters.close();
        frozen.values().forEach(NDArray::close);
    }
}
