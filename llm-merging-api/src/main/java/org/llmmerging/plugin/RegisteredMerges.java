package org.llmmerging.plugin;

import org.llmmerging.LoadedModels;
import org.llmmerging.MergeContext;
import org.llmmerging.Merges;
import org.llmmerging.MergesDescription;
import org.llmmerging.PlanContext;

/**
 * An entry that {@code ./main -m NAME} can run.
 *
 * @param description what the entry said of itself when it was registered
 * @param merges the entry
 * @param origin where it comes from
 */
public record RegisteredMerges(MergesDescription description, Merges merges, Origin origin) {

    /** The registered name, such as {@code slerp_llama2}. */
    public String name() {
        return description.name();
    }

    /** Whether what the entry does can be known before it is run: it keeps the kit's steps, or plans its own. */
    public boolean canBePlanned() {
        boolean keepsSteps = keeps("load", MergeContext.class)
                && keeps("merge", MergeContext.class, LoadedModels.class);
        return keepsSteps || !keeps("plan", PlanContext.class);
    }

    private boolean keeps(String step, Class<?>... parameters) {
        try {
            return merges.getClass().getMethod(step, parameters).getDeclaringClass() == Merges.class;
        } catch (NoSuchMethodException impossible) {
            throw new IllegalStateException("every Merges has the step " + step, impossible);
        }
    }
}
