package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDArray;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.eval.model.Weights;
import org.llmmerging.eval.train.TrainableParameters;

/**
 * The weights that coefficients make of frozen ones: Σ f(cᵢ) ⊙ Wᵢ, a coefficient for each input column
 * (arXiv 2410.08371, section 3), differentiable by the coefficients. A tensor without coefficients is the base's.
 */
final class MergedWeights implements Weights {
    private final Weights base;
    private final List<Weights> models;
    private final TrainableParameters coefficients;
    private final NonLinearity nonLinearity;
    private final Map<String, NDArray> merged = new HashMap<>();

    /**
     * @param models in the order of the coefficients' first dimension
     * @param coefficients by tensor, {@code [models, columns]}
     */
    MergedWeights(
            Weights base, List<Weights> models, TrainableParameters coefficients, NonLinearity nonLinearity) {
        this.base = base;
        this.models = List.copyOf(models);
        this.coefficients = coefficients;
        this.nonLinearity = nonLinearity;
    }

    /**
     * Merges with the coefficients as they are now. To be called in the scope that the weights are used in, and again
     * when the coefficients have changed.
     */
    void merge() {
        merged.clear();
        for (String tensor : coefficients.names()) {
            merged.put(tensor, merged(tensor));
        }
    }

    /** The tensors that have coefficients. */
    Iterable<String> mergedNames() {
        return coefficients.names();
    }

    @Override
    public NDArray get(String name) {
        NDArray array = merged.get(name);
        return array == null ? base.get(name) : array;
    }

    @Override
    public boolean contains(String name) {
        return base.contains(name);
    }

    private NDArray merged(String tensor) {
        NDArray factors = nonLinearity.apply(coefficients.get(tensor));
        NDArray sum = models.getFirst().get(tensor).mul(factors.get(0));
        for (int model = 1; model < models.size(); model++) {
            sum = sum.add(models.get(model).get(tensor).mul(factors.get(model)));
        }
        return sum;
    }
}
