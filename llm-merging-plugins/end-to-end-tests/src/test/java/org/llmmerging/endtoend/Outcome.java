package org.llmmerging.endtoend;

import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * How a command ended.
 *
 * @param command the command line, for messages of the tests
 * @param output lines of standard output
 * @param messages standard error
 */
record Outcome(String command, int exitCode, List<String> output, String messages) {

    /** Requires exit code 0. */
    Outcome succeeded() {
        assertEquals(0, exitCode, this::toString);
        return this;
    }

    /**
     * Requires a failure as a user should meet one: the documented exit code, one message that names what it is about,
     * no stack trace, nothing on standard output.
     *
     * @param parts what the message must say
     */
    Outcome failed(int code, String... parts) {
        assertEquals(code, exitCode, this::toString);
        assertEquals(List.of(), output, this::toString);
        for (String part : parts) {
            assertTrue(messages.contains(part), () -> "no '" + part + "' in what was said by " + this);
        }
        assertEquals(1, count("error: "), this::toString);
        for (String trace : List.of("\tat ", "Exception", "Caused by", "a fault of the kit")) {
            assertFalse(messages.contains(trace), () -> "'" + trace + "' in what was said by " + this);
        }
        return this;
    }

    /** The last line of standard output. */
    String lastLine() {
        assertFalse(output.isEmpty(), this::toString);
        return output.getLast();
    }

    private long count(String start) {
        return messages.lines().filter(line -> line.startsWith(start)).count();
    }

    @Override
    public String toString() {
        return command + "\nexit code " + exitCode + "\nstandard output:\n" + String.join("\n", output)
                + "\nstandard error:\n" + messages;
    }
}
