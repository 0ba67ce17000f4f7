package org.llmmerging.eval.task;

import java.nio.file.Path;
import org.llmmerging.MergingException;

/** Results that cannot be written. What was there before is unchanged. Exit code 7. */
public final class OutputException extends MergingException {
    private static final long serialVersionUID = 1L;

    /** @param problem what is wrong and the remedy, without the file's name */
    public OutputException(Path file, String problem, Throwable cause) {
        super(7, describe(file, problem), cause);
    }
}
