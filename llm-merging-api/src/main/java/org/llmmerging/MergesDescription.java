package org.llmmerging;

import java.util.regex.Pattern;

/**
 * What a {@link Merges} is called and what it stands for. All three are lower-case words, of ASCII letters and digits,
 * joined by underscores.
 *
 * @param name the registered name, such as {@code slerp_llama2}; {@code configs/NAME.yaml} is its configuration
 * @param method {@linkplain MergeMethod#name() name} of the merge method, such as {@code slerp}
 * @param architecture the family of models it is meant for, such as {@code llama2} or {@code flan_t5}
 */
public record MergesDescription(String name, String method, String architecture) {
    private static final Pattern WORDS = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");

    /** @throws IllegalArgumentException when one of them is not lower-case words joined by underscores */
    public MergesDescription {
        check("name", name);
        check("method", method);
        check("architecture", architecture);
    }

    private static void check(String what, String value) {
        if (!WORDS.matcher(value).matches()) {
            throw new IllegalArgumentException("the " + what + " of a Merges must be lower-case words joined by"
                    + " underscores, such as slerp_llama2, and is \"" + value + "\"");
        }
    }
}
