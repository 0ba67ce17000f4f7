package org.llmmerging.eval.train.dam;

import ai.djl.ndarray.NDArray;

/**
 * Losses on logits, as float32 scalars, which a float64 number would make float64. Rows are positions, padding not among them; each loss is summed over the positions
 * and divided by their number once. The teacher's logits carry no gradient.
 */
final class LogitLosses {
    private LogitLosses() {}

    /**
     * The Kullback-Leibler divergence of the student from the teacher, both softened by the temperature, times its square
     * (Hinton et al., arXiv:1503.02531).
     *
     * @param student {@code [positions, logits]}
     * @param teacher the same shape
     */
    static NDArray kullbackLeibler(NDArray student, NDArray teacher, double temperature) {
        NDArray expected = teacher.div(temperature).logSoftmax(-1);
        NDArray actual = student.div(temperature).logSoftmax(-1);
        NDArray divergence = expected.exp().mul(expected.sub(actual)).sum();
        return divergence.mul((float) (temperature * temperature / positions(student)));
    }

    /** The squared difference of the logits, averaged over them and over the positions. */
    static NDArray meanSquaredError(NDArray student, NDArray teacher) {
        return student.sub(teacher).square().mean();
    }

    /** The entropy of the student softened by the temperature, times its square. */
    static NDArray entropy(NDArray student, double temperature) {
        NDArray logarithms = student.div(temperature).logSoftmax(-1);
        return logarithms.exp().mul(logarithms).sum().mul((float) (-temperature * temperature / positions(student)));
    }

    private static long positions(NDArray logits) {
        return logits.getShape().get(0);
    }
}
