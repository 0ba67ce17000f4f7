package org.llmmerging.eval.task;

import java.nio.file.Path;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The message with which a file is refused. */
final class UnreadableDataset {
    private UnreadableDataset() {}

    static String problem(Path file) {
        DatasetException e = assertThrows(DatasetException.class, () -> Dataset.read(file));
        assertEquals(5, e.exitCode());
        return String.valueOf(e.getMessage());
    }

    static void assertContains(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
        }
    }
}
