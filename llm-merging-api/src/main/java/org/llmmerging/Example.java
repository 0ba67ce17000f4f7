package org.llmmerging;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One row of an evaluation set.
 *
 * @param id as the file has it
 * @param input the prompt
 * @param target the reference text of a generation, the index of the right choice as text, or null when withheld
 * @param choices the answers to choose from, in order; empty for generation
 */
public record Example(String id, String input, @Nullable String target, List<String> choices) {
    public Example {
        choices = List.copyOf(choices);
    }

    /** Whether an answer is chosen; otherwise text is generated. */
    public boolean isMultipleChoice() {
        return !choices.isEmpty();
    }
}
