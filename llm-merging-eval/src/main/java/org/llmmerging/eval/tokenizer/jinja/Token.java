package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;

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
            if (Character.isWhitespace(c)) {
                at = end;
                continue;
            }
            if (Character.isLetter(c) || c == '_') {
                while (end < expression.length() && (Character.isLetterOrDigit(expression.charAt(end))
                        || expression.charAt(end) == '_')) {
                    end++;
                }
                tokens.add(new Token(Kind.NAME, expression.substring(at, end)));
            } else if (Character.isDigit(c)) {
                while (end < expression.length() && (Character.isDigit(expression.charAt(end))
                        || (expression.charAt(end) == '.' && end + 1 < expression.length()
                                && Character.isDigit(expression.charAt(end + 1))))) {
                    end++;
                }
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

    /** Reads a string in quotes and returns where it ends. */
    private static int string(String expression, int start, StringBuilder text) {
        char quote = expression.charAt(start);
        for (int i = start + 1; i < expression.length(); i++) {
            char c = expression.charAt(i);
            if (c == quote) {
                return i + 1;
            }
            if (c == '\\' && i + 1 < expression.length()) {
                i++;
                char escaped = expression.charAt(i);
                switch (escaped) {
                    case 'n' -> text.append('\n');
                    case 't' -> text.append('\t');
                    case 'r' -> text.append('\r');
                    case '\\', '\'', '"' -> text.append(escaped);
                    case 'u' -> {
                        text.append((char) Integer.parseInt(expression, i + 1, i + 5, 16));
                        i += 4;
                    }
                    default -> text.append('\\').append(escaped);
                }
            } else {
                text.append(c);
            }
        }
        throw new JinjaException("leaves a string open in '" + expression + "'");
    }
}
