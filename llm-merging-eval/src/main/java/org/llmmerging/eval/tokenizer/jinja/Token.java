package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/** A word, number, string or sign of an expression. */
record Token(Kind kind, String text) {
    enum Kind {
        NAME,
        NUMBER,
        STRING,
        SIGN,
        END
    }

    private static final List<String> LONG_SIGNS = List.of("==", "!=", "<=", ">=", "//", "**");
    private static final String SIGNS = "+-*/%~<>=()[]{},.:|";

    boolean is(String sign) {
        return (kind == Kind.SIGN || kind == Kind.NAME) && text.equals(sign);
    }

    static List<Token> scan(String expression) {
        List<Token> tokens = new ArrayList<>();
        int at = 0;
        while (at < expression.length()) {
            char c = expression.charAt(at);
            int end = at + 1;
            if (Strings.isSpace(c)) {
                at = end;
                continue;
            }
            if (Character.isLetter(c) || c == '_') {
                while (end < expression.length() && (Character.isLetterOrDigit(expression.charAt(end))
                        || expression.charAt(end) == '_')) {
                    end++;
                }
                tokens.add(new Token(Kind.NAME, expression.substring(at, end)));
            } else if (c >= '0' && c <= '9') {
                end = number(expression, at);
                tokens.add(new Token(Kind.NUMBER, expression.substring(at, end)));
            } else if (c == '"' || c == '\'') {
                StringBuilder text = new StringBuilder();
                end = string(expression, at, text);
                tokens.add(new Token(Kind.STRING, text.toString()));
            } else {
                String two = expression.substring(at, Math.min(at + 2, expression.length()));
                String sign = LONG_SIGNS.contains(two) ? two : String.valueOf(c);
                if (SIGNS.indexOf(c) < 0 && !LONG_SIGNS.contains(two)) {
                    throw new JinjaException("has the sign '" + c + "' in '" + expression + "'");
                }
                end = at + sign.length();
                tokens.add(new Token(Kind.SIGN, sign));
            }
            at = end;
        }
        tokens.add(new Token(Kind.END, ""));
        return tokens;
    }

    /** Where a number ends. */
    private static int number(String expression, int start) {
        boolean member = start > 0 && expression.charAt(start - 1) == '.';
        Matcher decimal = Numbers.DECIMAL.matcher(expression).region(start, expression.length());
        if (!member && decimal.lookingAt()) {
            if (decimal.end() < expression.length() && expression.charAt(decimal.end()) == '.') {
                throw new JinjaException("has a number with two points in '" + expression + "'");
            }
            return decimal.end();
        }
        Matcher whole = Numbers.WHOLE.matcher(expression).region(start, expression.length());
        // Every digit begins a whole number.
        return whole.lookingAt() ? whole.end() : start + 1;
    }

    /** Reads a string in quotes and returns where it ends. */
    private static int string(String expression, int start, StringBuilder text) {
        char quote = expression.charAt(start);
        int at = start + 1;
        while (at < expression.length()) {
            char c = expression.charAt(at);
            if (c == quote) {
                return at + 1;
            }
            if (c == '\\' && at + 1 < expression.length()) {
                at = escape(expression, at + 1, text);
            } else {
                text.append(c);
                at++;
            }
        }
        throw new JinjaException("leaves a string open in '" + expression + "'");
    }

    /** Reads what follows a backslash, as in Python's strings, and returns where it ends. */
    private static int escape(String expression, int start, StringBuilder text) {
        char escaped = expression.charAt(start);
        int after = start + 1;
        switch (escaped) {
            case '\n' -> {
                // A line that continues.
            }
            case 'a' -> text.append('\u0007');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            case 'v' -> text.append('\u000b');
            case '\\', '\'', '"' -> text.append(escaped);
            case 'N' -> throw new JinjaException("has a character by its name in '" + expression
                    + "', which is not known");
            case 'x' -> after = character(expression, start, 2, text);
            case 'u' -> after = character(expression, start, 4, text);
            case 'U' -> after = character(expression, start, 8, text);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                while (after < Math.min(start + 3, expression.length())
                        && "01234567".indexOf(expression.charAt(after)) >= 0) {
                    after++;
                }
                text.appendCodePoint(Integer.parseInt(expression, start, after, 8));
            }
            default -> text.append('\\').append(escaped);
        }
        return after;
    }

    /** Reads a character by its number, after the letter that says how many digits it has. */
    private static int character(String expression, int letter, int digits, StringBuilder text) {
        int end = letter + 1 + digits;
        String number = expression.substring(letter + 1, Math.min(end, expression.length()));
        long codePoint = number.matches("[0-9a-fA-F]{" + digits + "}") ? Long.parseLong(number, 16) : -1;
        if (codePoint < 0 || codePoint > Character.MAX_CODE_POINT) {
            throw new JinjaException("has the escape '\\" + expression.charAt(letter) + "' in '" + expression
                    + "' without the " + digits + " hexadecimal digits of a character");
        }
        text.appendCodePoint((int) codePoint);
        return end;
    }
}
