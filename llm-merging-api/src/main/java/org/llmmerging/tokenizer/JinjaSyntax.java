package org.llmmerging.tokenizer;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A light check of a Jinja template, for slips of the keyboard: every delimiter, string and bracket is closed, every
 * statement is one that chat templates know, and blocks are ended in the order they were begun. What stands inside an
 * expression is not checked further.
 */
final class JinjaSyntax {
    private static final Pattern WORD = Pattern.compile("[-+]?\\s*(\\w+)");
    private static final Pattern ASSIGNMENT = Pattern.compile("[^=!<>]=[^=]");
    private static final String OPENING = "([{";
    private static final String CLOSING = ")]}";
    private static final Set<String> BLOCKS = Set.of("if", "for", "macro", "set", "filter", "call", "raw", "generation",
            "block", "with");
    private static final Set<String> SINGLE = Set.of("elif", "else", "break", "continue", "do", "include", "import",
            "from", "extends");

    private final String text;
    private final Deque<String> open = new ArrayDeque<>();

    private JinjaSyntax(String text) {
        this.text = text;
    }

    /** What is wrong, with line and remedy, to follow the words "the template"; nothing when all is well. */
    static Optional<String> fault(String template) {
        return new JinjaSyntax(template).check();
    }

    private Optional<String> check() {
        int at = 0;
        while (true) {
            int start = text.indexOf('{', at);
            if (start < 0 || start + 1 == text.length()) {
                break;
            }
            char kind = text.charAt(start + 1);
            String close = kind == '{' ? "}}" : kind == '%' ? "%}" : kind == '#' ? "#}" : "";
            if (close.isEmpty()) {
                at = start + 1;
                continue;
            }
            int end = kind == '#' ? text.indexOf(close, start + 2) : endOfExpression(start + 2, close);
            if (end < 0) {
                return fault(start, "opens '" + text.substring(start, start + 2)
                        + "' and does not close it, or leaves a string or bracket open in it. Close it with '" + close
                        + "'");
            }
            at = end + 2;
            if (kind == '%') {
                Optional<String> fault = statement(start, text.substring(start + 2, end));
                if (fault.isPresent()) {
                    return fault;
                }
                if ("raw".equals(open.peek())) {
                    at = Math.max(at, endOfRaw(at));
                }
            }
        }
        return open.isEmpty()
                ? Optional.empty()
                : fault(text.length(), "ends within '" + open.peek() + "'. Add {% end" + open.peek() + " %}");
    }

    private Optional<String> statement(int start, String statement) {
        Matcher word = WORD.matcher(statement);
        String keyword = word.lookingAt() ? word.group(1) : "";
        if (keyword.startsWith("end") && BLOCKS.contains(keyword.substring(3))) {
            String begun = open.poll();
            return keyword.substring(3).equals(begun)
                    ? Optional.empty()
                    : fault(start, "has '" + keyword + "' where "
                            + (begun == null
                                    ? "nothing is open. Remove it"
                                    : "'" + begun + "' is open. Write end" + begun));
        }
        if (BLOCKS.contains(keyword)) {
            if (!keyword.equals("set") || !ASSIGNMENT.matcher(statement).find()) {
                open.push(keyword);
            }
            return Optional.empty();
        }
        boolean outside = (keyword.equals("else") || keyword.equals("elif"))
                && !"if".equals(open.peek())
                && !"for".equals(open.peek());
        if (outside) {
            return fault(start, "has '" + keyword + "' outside if and for. Remove it, or write the if");
        }
        return SINGLE.contains(keyword)
                ? Optional.empty()
                : fault(start, "has the unknown statement '" + keyword + "'. Statements are if, for, set and macro");
    }

    /** Index of the closing delimiter, or −1 when a string or bracket is open there or there is none. */
    private int endOfExpression(int from, String close) {
        Deque<Character> brackets = new ArrayDeque<>();
        int at = from;
        while (at < text.length()) {
            char character = text.charAt(at);
            if (brackets.isEmpty() && text.startsWith(close, at)) {
                return at;
            }
            if (character == '\'' || character == '"') {
                at = endOfString(at);
                if (at < 0) {
                    return -1;
                }
            } else if (OPENING.indexOf(character) >= 0) {
                brackets.push(CLOSING.charAt(OPENING.indexOf(character)));
            } else if (CLOSING.indexOf(character) >= 0 && !Character.valueOf(character).equals(brackets.poll())) {
                return -1;
            }
            at++;
        }
        return -1;
    }

    private int endOfString(int start) {
        for (int at = start + 1; at < text.length(); at++) {
            if (text.charAt(at) == '\\') {
                at++;
            } else if (text.charAt(at) == text.charAt(start)) {
                return at;
            }
        }
        return -1;
    }

    private int endOfRaw(int from) {
        Matcher end = Pattern.compile("\\{%[-+]?\\s*endraw").matcher(text);
        return end.find(from) ? end.start() : text.length();
    }

    private Optional<String> fault(int at, String message) {
        long line = text.substring(0, at).chars().filter(character -> character == '\n').count() + 1;
        return Optional.of("is no Jinja: its line " + line + " " + message);
    }
}
