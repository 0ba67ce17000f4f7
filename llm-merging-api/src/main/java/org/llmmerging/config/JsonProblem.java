package org.llmmerging.config;

import com.fasterxml.jackson.core.JacksonException;
import java.util.regex.Pattern;

/** What is wrong with a JSON text, for people. */
public final class JsonProblem {
    /** Jackson's words for where the text came from, inside some messages; the line and column behind it are news. */
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;]*; ([^\\]]*)\\]");

    private JsonProblem() {}

    /** The reason, on one line, without where in the text it was found. */
    public static String of(JacksonException failure) {
        return SOURCE.matcher(failure.getOriginalMessage()).replaceAll("$1").replaceAll("\\s+", " ");
    }
}
