package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDArray;
import org.llmmerging.eval.model.Scaling;

/**
 * Losses on logits, as float32 scalars. Rows are positions, padding not among them; each loss is summed over the
 * positions and divided by their number once. The teacher's logits carry no gradient.
 */
final class LogitLosses {
    private LogitLosses() {}

    /**
     * The Kullback-Leibler divergence of the student from the teacher, both softened by the temperature, times its
     * square (Hinton et al., arXiv:1503.02531).
     *
     * @param student {@code [positions, logits]}
     * @param teacher the same shape
     */
    static NDArray kullbackLeibler(NDArray student, NDArray teacher, double temperature) {
        NDArray expected = Scaling.times(teacher, 1 / temperature).logSoftmax(-1);
        NDArray actual = Scaling.times(student, 1 / temperature).logSoftmax(-1);
        NDArray divergence = expected.exp().mul(expected.sub(actual)).sum();
        return Scaling.times(divergence, temperature * temperature / positions(student));
    }

    /** The squared difference of the logits, averaged over them and over the positions. */
    static NDArray meanSquaredError(NDArray student, NDArray teacher) {
        return student.sub(teacher).square().mean();
    }

    /** The entropy of the student softened by the temperature, times its square. */
    static NDArray entropy(NDArray student, double temperature) {
        NDArray logarithms = Scaling.times(student, 1 / temperature).logSoftmax(-1);
        NDArray sum = logarithms.exp().mul(logarithms).sum();
        return Scaling.times(sum, -temperature * temperature / positions(student));
    }

    private static long positions(NDArray logits) {
        return logits.getShape().get(0);
    }
}
