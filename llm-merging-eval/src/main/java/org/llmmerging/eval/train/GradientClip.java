package org.llmmerging.eval.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;

/** Bounds the norm of all gradients together (Pascanu et al., arXiv:1211.5063, section 3.2). */
public final class GradientClip {
    private GradientClip() {}

    /** The Euclidean norm of all gradients as one vector; NaN or infinite when an element is. */
    public static double norm(TrainableParameters parameters) {
        double squares = 0;
        for (String name : parameters.names()) {
            double norm = norm(parameters, name);
            squares += norm * norm;
        }
        return Math.sqrt(squares);
    }

    /** The norm of one parameter's gradient. */
    public static double norm(TrainableParameters parameters, String name) {
        try (GradientMode off = GradientMode.off(); NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            return Math.sqrt(parameters.gradient(name).square().sum().getFloat());
        }
    }

    /**
     * Scales the gradients in place so that their norm is at most {@code maximum}.
     *
     * @param maximum above 0
     * @return the norm before; gradients that are not finite are left as they are
     */
    public static double clip(TrainableParameters parameters, double maximum) {
        double norm = norm(parameters);
        if (norm > maximum && Double.isFinite(norm)) {
            try (GradientMode off = GradientMode.off()) {
                for (String name : parameters.names()) {
                    try (NDArray gradient = parameters.gradient(name)) {
                        gradient.muli(maximum / norm);
                    }
                }
            }
        }
        return norm;
    }
}
