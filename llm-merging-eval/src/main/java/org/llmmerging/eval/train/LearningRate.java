package org.llmmerging.eval.train;

/**
 * The learning rate of each step: it rises linearly from zero during the warm-up and then follows the schedule, which
 * for all but a constant one would reach zero at the step after the last.
 *
 * @param peak the rate at the end of the warm-up
 * @param schedule what it does then
 * @param warmupSteps number of steps before the peak
 * @param steps number of all steps
 */
public record LearningRate(double peak, Schedule schedule, long warmupSteps, long steps) {

    /** How the rate falls after the warm-up. */
    public enum Schedule {
        /** It stays. */
        CONSTANT,
        /** In a straight line. */
        LINEAR,
        /** Along half a period of the cosine (Loshchilov and Hutter, arXiv:1608.03983, without restarts). */
        COSINE
    }

    /** A schedule whose warm-up takes a share of all steps, rounded up. */
    public static LearningRate withWarmupRatio(double peak, Schedule schedule, double warmupRatio, long steps) {
        return new LearningRate(peak, schedule, (long) Math.ceil(warmupRatio * steps), steps);
    }

    /** @param step number of steps taken before this one, from 0 */
    public double at(long step) {
        if (step < warmupSteps) {
            return peak * step / warmupSteps;
        }
        double done = Math.min(1, (double) (step - warmupSteps) / Math.max(1, steps - warmupSteps));
        return switch (schedule) {
            case CONSTANT -> peak;
            case LINEAR -> peak * (1 - done);
            case COSINE -> peak * (1 + Math.cos(Math.PI * done)) / 2;
        };
    }
}
