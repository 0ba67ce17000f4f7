package org.llmmerging.eval.train.dam;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.eval.train.FloatTensorFile;

/**
 * Reads files of which all but the numbers is known: the coefficients of a merge, and what an optimizer keeps of them.
 * A training writes finite numbers only.
 */
final class StoredNumbers {
    private StoredNumbers() {}

    /**
     * Reads a whole file.
     *
     * @param expected arrays of the same names and lengths, whose order the result has
     * @param models the first of two dimensions of each
     * @param what the numbers are, for messages
     * @param remedy what to do about any other file, without a full stop
     * @throws CheckpointException when the file is missing, damaged, of other tensors or sizes, or has a number that is
     *     not finite
     */
    static Map<String, float[]> read(
            Path file, Map<String, float[]> expected, int models, String what, String remedy) {
        Map<String, float[]> stored = FloatTensorFile.read(file, models, remedy);
        Map<String, float[]> values = new LinkedHashMap<>();
        expected.forEach((tensor, initial) -> {
            float[] found = stored.get(tensor);
            String problem = problem(tensor, found, initial.length, what);
            if (found == null || problem != null) {
                throw new CheckpointException(file, problem + ". " + remedy);
            }
            values.put(tensor, found);
        });
        if (stored.size() != values.size()) {
            throw new CheckpointException(file, "has " + what + " for tensors that the models lack. " + remedy);
        }
        return values;
    }

    private static @Nullable String problem(String tensor, float @Nullable [] found, int length, String what) {
        if (found == null) {
            return "has no " + what + " for " + tensor;
        }
        if (found.length != length) {
            return "has " + found.length + " " + what + " for " + tensor + ", expected " + length;
        }
        for (float number : found) {
            if (!Float.isFinite(number)) {
                return "has a NaN or an infinity among the " + what + " for " + tensor;
            }
        }
        return null;
    }
}
