package org.llmmerging.eval.task;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A row that was left out because it cannot be evaluated.
 *
 * @param place where it stands, such as {@code row 3 (line 9)}
 * @param reason what is wrong with it, and the remedy
 */
public record SkippedRow(String place, String reason) {
    /** The row as result files have it. */
    public Map<String, String> content() {
        Map<String, String> content = new LinkedHashMap<>();
        content.put("place", place);
        content.put("reason", reason);
        return content;
    }
}
