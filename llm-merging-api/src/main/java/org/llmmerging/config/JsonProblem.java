package org.llmmerging.config;

import com.fasterxml.jackson.core.JacksonException;
import java.util.regex.Pattern;

/** What is wrong with a JSON text, for people. */
public final class JsonProblem {
    /** Jackson's words for where the text came from, inside some messages; the line and column behind it are news. */
    private static final Pattern SOURCE = Pattern.compile("\\[Source: [^;]*; ([^\\]]*)\\]");

    /** Its advice to programmers, which names its own classes. */
    private static final Pattern SETTING = Pattern.compile(", from `[^`]*`");

    private static final Pattern FEATURE = Pattern.compile(": enable `[^`]*` to allow");

    private JsonProblem() {}

    /** The reason, on one line, without where in the text it was found. */
    public static String of(JacksonException failure) {
        String message = SOURCE.matcher(failure.getOriginalMessage()).replaceAll("$1").replaceAll("\\s+", " ");
        String plain = SETTING.matcher(message).replaceAll("");
        return FEATURE.matcher(plain).replaceAll(", which JSON does not have");
    }
}
