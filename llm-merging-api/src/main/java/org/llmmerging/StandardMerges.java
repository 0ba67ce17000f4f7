package org.llmmerging;

import java.util.Collection;
import java.util.List;

/**
 * Ready-made {@link Merges} for plugins that register an architecture: they load, merge and evaluate as the defaults
 * do, and refuse training data, from which they learn nothing.
 */
public final class StandardMerges {

    private StandardMerges() {}

    /**
     * The eight entries that every architecture has: {@code avg}, {@code slerp}, {@code ta}, {@code ties},
     * {@code dare}, {@code dare_ties}, {@code ms} and {@code geometric_median}, each followed by the architecture, as
     * in {@code slerp_llama2}. {@code org.llmmerging.eval.KitMerges} has them and more.
     *
     * @throws IllegalArgumentException when the architecture is not lower-case words joined by underscores
     */
    public static Collection<Merges> forArchitecture(String architecture) {
        return List.of(
                named("avg_" + architecture, "linear", architecture),
                named("slerp_" + architecture, "slerp", architecture),
                named("ta_" + architecture, "task_arithmetic", architecture),
                named("ties_" + architecture, "ties", architecture),
                named("dare_" + architecture, "dare_linear", architecture),
                named("dare_ties_" + architecture, "dare_ties", architecture),
                named("ms_" + architecture, "model_stock", architecture),
                named("geometric_median_" + architecture, "geometric_median", architecture));
    }

    /**
     * One entry of any name.
     *
     * @param name the registered name
     * @param method name of the merge method
     * @param architecture the family of models
     * @throws IllegalArgumentException when one of them is not lower-case words joined by underscores
     */
    public static Merges named(String name, String method, String architecture) {
        return new Standard(new MergesDescription(name, method, architecture));
    }

    private record Standard(MergesDescription description) implements Merges {
        @Override
        public void plan(PlanContext context) {
            context.config().refuseTrainingData(context.problems());
            Merges.super.plan(context);
        }
    }
}
