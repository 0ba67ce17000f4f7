package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDScope;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.model.NonFiniteWeights;
import org.llmmerging.eval.train.GradientClip;
import org.llmmerging.eval.train.TrainableParameters;

/** Finds the layer in which a step went wrong. */
final class NonFiniteStep {
    private final TrainableParameters coefficients;
    private final MergedWeights weights;

    NonFiniteStep(TrainableParameters coefficients, MergedWeights weights) {
        this.coefficients = coefficients;
        this.weights = weights;
    }

    /** What happened: the step and the layer, without a full stop. */
    String describe(long step, double loss, double gradientNorm) {
        String what = Double.isFinite(loss) ? "the norm of the gradient is " + gradientNorm : "the loss is " + loss;
        String weight = firstNonFiniteWeight();
        String where;
        if (weight != null) {
            where = "the merged weight of " + weight + " is the first that is not finite";
        } else if (Double.isFinite(loss)) {
            where = "the gradient of " + lastNonFiniteGradient() + " is the first on the way back that is not finite";
        } else {
            where = "all merged weights are finite, the largest coefficients are those of " + largest();
        }
        return "step " + step + ": " + what + "; " + where;
    }

    /** The tensor whose coefficients are the first that are not all finite, or null. */
    @Nullable
    String firstNonFiniteCoefficient() {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            for (String tensor : coefficients.names()) {
                if (!NonFiniteWeights.isFinite(coefficients.get(tensor).stopGradient())) {
                    return tensor;
                }
            }
            return null;
        }
    }

    private @Nullable String firstNonFiniteWeight() {
        try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            weights.merge();
            for (String tensor : weights.mergedNames()) {
                if (!NonFiniteWeights.isFinite(weights.get(tensor).stopGradient())) {
                    return tensor;
                }
            }
            return null;
        }
    }

    private String lastNonFiniteGradient() {
        String last = "no layer";
        for (String tensor : coefficients.names()) {
            if (!Double.isFinite(GradientClip.norm(coefficients, tensor))) {
                last = tensor;
            }
        }
        return last;
    }

    private String largest() {
        String found = "";
        float largest = -1;
        for (String tensor : coefficients.names()) {
            for (float value : HostArrays.read(coefficients.get(tensor))) {
                if (Math.abs(value) > largest) {
                    largest = Math.abs(value);
                    found = tensor;
                }
            }
        }
        return found + ", " + largest;
    }
}
