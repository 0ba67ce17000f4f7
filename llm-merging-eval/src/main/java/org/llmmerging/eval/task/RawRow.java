package org.llmmerging.eval.task;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One row as a file has it, before it is checked.
 *
 * @param where how a message points at the row
 * @param target null when the file does not give one
 * @param targetColumn where the target stands, for messages
 * @param choices reads the answer choices, or throws {@link IllegalArgumentException} saying what is wrong with them;
 *     null when the file gives none
 * @param evalType null when the file does not say
 */
record RawRow(
        String where,
        @Nullable String id,
        @Nullable String input,
        @Nullable String target,
        String targetColumn,
        @Nullable Supplier<List<String>> choices,
        @Nullable String evalType) {}
