package org.llmmerging.checkpoint;

import java.nio.file.Path;
import org.llmmerging.config.Quoting;

/** What a tensor may be called, in any format: what can be written again, and shown on a terminal. */
final class TensorNameRules {
    private static final int LONGEST = 4096;

    private TensorNameRules() {}

    /**
     * @param remedy what to do about the file
     * @throws CheckpointException when the name is too long, looks like a path or has control characters
     */
    static void check(Path file, String name, String remedy) {
        if (name.length() > LONGEST) {
            throw new CheckpointException(file, "has a tensor name of " + name.length()
                    + " characters, the most accepted is " + LONGEST + ": " + Quoting.quoted(name) + ". " + remedy);
        }
        if (name.contains("../") || name.contains("..\\")) {
            throw new CheckpointException(
                    file, "has a tensor name that looks like a path: " + Quoting.quoted(name) + ". " + remedy);
        }
        for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
            int character = name.codePointAt(i);
            if (Character.isISOControl(character) || Character.getType(character) == Character.SURROGATE) {
                throw new CheckpointException(
                        file, "has a tensor name with a control character: " + Quoting.quoted(name) + ". " + remedy);
            }
        }
    }
}
