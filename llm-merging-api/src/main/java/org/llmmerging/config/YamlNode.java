package org.llmmerging.config;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A YAML document as a tree that knows where each part stands: aliases and merge keys are resolved. Immutable. */
sealed interface YamlNode {

    /** Where the node begins; below an alias, where the anchored node does. */
    Position position();

    /** What a user calls it, with an article: {@code a list}. */
    String describe();

    /** Whether the document has nothing here: {@code ~}, {@code null} or an empty value. */
    default boolean isNull() {
        return false;
    }

    /**
     * Keys and values.
     *
     * @param entries by key, in the order of the file; keys of merged mappings follow
     */
    record Mapping(Position position, Map<String, Entry> entries) implements YamlNode {
        @Override
        public String describe() {
            return "a mapping";
        }
    }

    /**
     * A value of a mapping, with the place of its key.
     *
     * @param isAnchored whether the value is here under an anchor, for aliases to repeat
     */
    record Entry(Position keyPosition, YamlNode value, boolean isAnchored) {}

    /** A list. */
    record Sequence(Position position, List<YamlNode> items) implements YamlNode {
        @Override
        public String describe() {
            return "a list";
        }
    }

    /**
     * A single value.
     *
     * @param plain whether it may be a number, a boolean or null; quoted text may not
     */
    record Scalar(Position position, String text, boolean plain) implements YamlNode {
        private static final int LONGEST_QUOTED = 60;
        private static final Pattern NULL = Pattern.compile("~|null|Null|NULL|");
        private static final Pattern TRUE = Pattern.compile("true|True|TRUE|yes|Yes|YES|on|On|ON");
        private static final Pattern FALSE = Pattern.compile("false|False|FALSE|no|No|NO|off|Off|OFF");
        private static final Pattern NUMBER = Pattern
                .compile("[-+]?(0|[1-9][0-9]*|(?=\\.[0-9]))(\\.[0-9]*)?([eE][-+]?[0-9]+)?");
        private static final Pattern NOT_FINITE = Pattern.compile("[-+]?\\.?(inf|nan|infinity)",
                Pattern.CASE_INSENSITIVE);

        @Override
        public String describe() {
            if (isNull()) {
                return "nothing";
            }
            String shown = text.length() <= LONGEST_QUOTED ? text : text.substring(0, LONGEST_QUOTED) + "…";
            return (plain ? "" : "the text ") + "'" + shown + "'";
        }

        @Override
        public boolean isNull() {
            return plain && NULL.matcher(text).matches();
        }

        /** The boolean it is, in YAML 1.1's words as mergekit reads them, or null when it is none. */
        @Nullable
        Boolean asBoolean() {
            if (plain && TRUE.matcher(text).matches()) {
                return Boolean.TRUE;
            }
            return (plain && FALSE.matcher(text).matches()) ? Boolean.FALSE : null;
        }

        /**
         * The decimal number that the text is, quoted or not, or null when it is none. Out of float64's range it is
         * infinite. YAML 1.1's octal, hexadecimal and base-60 forms are not read: what they would mean is a surprise.
         */
        @Nullable
        Double asNumber() {
            return NUMBER.matcher(text).matches() ? Double.valueOf(text) : null;
        }

        /** Whether the text is one of the ways to write infinity or not-a-number. */
        boolean isNotFinite() {
            Double number = asNumber();
            return number == null ? NOT_FINITE.matcher(text).matches() : number.isInfinite();
        }
    }
}
