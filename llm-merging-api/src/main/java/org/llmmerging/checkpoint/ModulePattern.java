package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.llmmerging.config.Quoting;

/**
 * Tells modules by a key of PEFT's {@code rank_pattern} or {@code alpha_pattern}: a regular expression for the end of a
 * module's name, in the syntax of Python's {@code re}. An adapter comes from anywhere, and there are expressions that
 * would be tried for years: one that has read a million characters is refused.
 */
final class ModulePattern {
    private static final int MOST_READS = 1_000_000;
    private static final int LARGEST_OCTAL = 0377;

    private final Path file;
    private final String key;
    private final Pattern pattern;

    /**
     * @param file where the key was read, for messages
     * @throws PatternSyntaxException when the key is no regular expression, or one that Java cannot follow
     */
    ModulePattern(Path file, String key) {
        this.file = file;
        this.key = key;
        this.pattern = Pattern.compile("(.*\\.)?(" + translated(key) + ")", Pattern.UNICODE_CHARACTER_CLASS);
    }

    /**
     * What Java reads otherwise. Named groups lose their names, which Java may not allow, and keep their numbers: PEFT
     * puts the same group in front. In a set, [ and & are escaped. Characters by their octal number, which Java takes
     * for groups, are given by the hexadecimal one.
     */
    private static String translated(String key) {
        StringBuilder java = new StringBuilder();
        boolean isInSet = false;
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            int digits = c == '\\' ? octalDigits(key, i + 1, isInSet) : 0;
            if (digits > 0) {
                java.append(character(key, i, digits));
                i += digits;
            } else if (c == '\\' && i + 1 < key.length()) {
                java.append(c).append(key.charAt(++i));
            } else if (isInSet) {
                isInSet = c != ']';
                java.append(c == '[' || c == '&' ? "\\" : "").append(c);
            } else if (c == '[') {
                isInSet = true;
                java.append(c);
                // A bracket that comes first does not end the set.
                for (char first : new char[] {'^', ']'}) {
                    if (key.startsWith(String.valueOf(first), i + 1)) {
                        java.append(first);
                        i++;
                    }
                }
            } else if (key.startsWith("(?P<", i) && key.indexOf('>', i) > 0) {
                java.append('(');
                i = key.indexOf('>', i);
            } else {
                java.append(c);
            }
        }
        return java.toString();
    }

    /**
     * How many octal digits from an index on are the number of a character: outside a set, of one that begins with 0 or
     * has three digits, since others are the numbers of groups.
     */
    private static int octalDigits(String key, int first, boolean isInSet) {
        int count = 0;
        while (count < 3 && first + count < key.length() && "01234567".indexOf(key.charAt(first + count)) >= 0) {
            count++;
        }
        return isInSet || count == 3 || key.startsWith("0", first) ? count : 0;
    }

    private static String character(String key, int backslash, int digits) {
        int number = Integer.parseInt(key, backslash + 1, backslash + 1 + digits, 8);
        if (number > LARGEST_OCTAL) {
            throw new PatternSyntaxException("an octal number beyond 377", key, backslash);
        }
        return "\\x{%x}".formatted(number);
    }

    /** @throws CheckpointException when it would take too long to find out */
    boolean matches(String module) {
        try {
            return pattern.matcher(new CountedText(module)).matches();
        } catch (TooManyReadsException | StackOverflowError e) {
            throw new CheckpointException(file, "has the pattern " + Quoting.quoted(key) + ", which takes too long to"
                    + " match " + Quoting.quoted(module) + ". Write the names of the modules instead", e);
        }
    }

    /** A text of which only so many characters are read. */
    private static final class CountedText implements CharSequence {
        private final String text;
        private int reads;

        private CountedText(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            reads++;
            if (reads > MOST_READS) {
                throw new TooManyReadsException();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Ends a match. */
    private static final class TooManyReadsException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
