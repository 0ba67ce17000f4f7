package org.llmmerging.plugin;

import org.llmmerging.Merges;
import org.llmmerging.MergesDescription;

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
}
