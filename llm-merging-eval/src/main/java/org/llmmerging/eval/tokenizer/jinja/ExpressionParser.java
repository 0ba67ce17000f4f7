package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Parses expressions, by the precedence of Jinja's grammar. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", ">", "<=", ">=");
    /** Words behind a test that are not its argument. */
    private static final Set<String> AFTER_TESTS = Set.of("and", "or", "not", "in", "is", "if", "else");

    private final String text;
    private final List<Token> tokens;
    private int at;

    ExpressionParser(String text) {
        this.text = text;
        this.tokens = Token.scan(text);
    }

    /** What a call is given. */
    private record Given(List<Expression> plain, Map<String, Expression> named) {
        static final Given NOTHING = new Given(List.of(), Map.of());

        Arguments values(Scope scope) {
            Map<String, Object> values = new LinkedHashMap<>();
            named.forEach((name, each) -> values.put(name, each.value(scope)));
            return new Arguments(plain.stream().map(each -> each.value(scope)).toList(), values);
        }
    }

    private record Compared(BiPredicate<Object, Object> sign, Expression right) {}

    /** The whole text as one expression. */
    static Expression parse(String text) {
        ExpressionParser parser = new ExpressionParser(text);
        Expression parsed = parser.conditional();
        parser.end();
        return parsed;
    }

    void end() {
        if (peek().kind() != Token.Kind.END) {
            throw wrong();
        }
    }

    boolean accept(String sign) {
        if (peek().is(sign)) {
            at++;
            return true;
        }
        return false;
    }

    void expect(String sign) {
        if (!accept(sign)) {
            throw wrong();
        }
    }

    String name() {
        if (peek().kind() != Token.Kind.NAME) {
            throw wrong();
        }
        return tokens.get(at++).text();
    }

    Expression conditional() {
        Expression value = or();
        while (accept("if")) {
            Expression chosen = value;
            Expression condition = or();
            Expression other = accept("else") ? conditional() : scope -> Constant.UNDEFINED;
            value = scope -> Values.isTrue(condition.value(scope)) ? chosen.value(scope) : other.value(scope);
        }
        return value;
    }

    /** An expression without a condition after it, as a loop's list is. */
    Expression or() {
        Expression value = and();
        while (accept("or")) {
            Expression left = value;
            Expression right = and();
            value = scope -> {
                Object first = left.value(scope);
                return Values.isTrue(first) ? first : right.value(scope);
            };
        }
        return value;
    }

    private Expression and() {
        Expression value = not();
        while (accept("and")) {
            Expression left = value;
            Expression right = not();
            value = scope -> {
                Object first = left.value(scope);
                return Values.isTrue(first) ? right.value(scope) : first;
            };
        }
        return value;
    }

    private Expression not() {
        if (accept("not")) {
            Expression value = not();
            return scope -> !Values.isTrue(value.value(scope));
        }
        return comparison();
    }

    /** One comparison or several in a row, as in {@code 0 < a < b}, which holds where each of them does. */
    private Expression comparison() {
        Expression first = sum();
        List<Compared> chain = new ArrayList<>();
        for (BiPredicate<Object, Object> sign = comparing(); sign != null; sign = comparing()) {
            chain.add(new Compared(sign, sum()));
        }
        return chain.isEmpty() ? first : scope -> holds(first.value(scope), chain, scope);
    }

    /** What a comparison's sign asks of the values on its left and right. */
    private @Nullable BiPredicate<Object, Object> comparing() {
        String sign = peek().text();
        if (peek().kind() == Token.Kind.SIGN && COMPARISONS.contains(sign)) {
            at++;
            return (left, right) -> Values.compare(sign, left, right);
        }
        if (accept("in")) {
            return (left, right) -> Values.contains(right, left);
        }
        if (peek().is("not") && tokens.get(at + 1).is("in")) {
            at += 2;
            return (left, right) -> !Values.contains(right, left);
        }
        return null;
    }

    private static boolean holds(Object first, List<Compared> chain, Scope scope) {
        Object left = first;
        for (Compared next : chain) {
            Object right = next.right.value(scope);
            if (!next.sign.test(left, right)) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Expression sum() {
        return leftToRight(List.of("+", "-"), this::joined);
    }

    private Expression joined() {
        return leftToRight(List.of("~"), this::product);
    }

    private Expression product() {
        return leftToRight(List.of("*", "/", "//", "%"), this::unary);
    }

    private interface Level {
        Expression parse();
    }

    private Expression leftToRight(List<String> signs, Level next) {
        Expression value = next.parse();
        while (peek().kind() == Token.Kind.SIGN && signs.contains(peek().text())) {
            String sign = tokens.get(at++).text();
            Expression left = value;
            Expression right = next.parse();
            value = scope -> Arithmetic.calculate(sign, left.value(scope), right.value(scope));
        }
        return value;
    }

    private Expression unary() {
        return filtered(signed());
    }

    /** A sign is nearer to its value than a filter or test behind it. */
    private Expression signed() {
        for (String sign : List.of("-", "+")) {
            if (accept(sign)) {
                Expression value = signed();
                return scope -> Arithmetic.signed(sign, value.value(scope));
            }
        }
        return postfix(primary());
    }

    private Expression filtered(Expression first) {
        Expression value = first;
        while (true) {
            Expression subject = value;
            if (accept("|")) {
                String filter = name();
                Given given = accept("(") ? arguments() : Given.NOTHING;
                value = postfix(scope -> Filters.apply(filter, subject.value(scope), given.values(scope)));
            } else if (accept("is")) {
                boolean negated = accept("not");
                String test = name();
                Given given = accept("(") ? arguments() : argument();
                value = scope -> negated != Tests.apply(test, subject.value(scope), given.values(scope));
            } else {
                return value;
            }
        }
    }

    /** What a test is given without brackets, as in {@code is divisibleby 2} or {@code is in names}, if anything. */
    private Given argument() {
        Token next = peek();
        boolean isValue = switch (next.kind()) {
            case NUMBER, STRING -> true;
            case NAME -> !AFTER_TESTS.contains(next.text());
            default -> next.is("[") || next.is("{");
        };
        return isValue ? new Given(List.of(postfix(primary())), Map.of()) : Given.NOTHING;
    }

    private Expression postfix(Expression first) {
        Expression value = first;
        while (true) {
            Expression subject = value;
            if (accept(".")) {
                if (peek().kind() == Token.Kind.NUMBER) {
                    Object index = Numbers.literal(tokens.get(at++).text());
                    value = scope -> Values.item(subject.value(scope), index);
                    continue;
                }
                String member = name();
                if (accept("(")) {
                    Given given = arguments();
                    value = scope -> Methods.call(subject.value(scope), member, given.values(scope));
                } else {
                    value = scope -> Values.member(subject.value(scope), member);
                }
            } else if (accept("[")) {
                value = subscript(subject);
            } else if (accept("(")) {
                Token before = tokens.get(at - 2);
                String callee = before.kind() == Token.Kind.NAME ? before.text() : "";
                Given given = arguments();
                value = scope -> {
                    scope.step();
                    return Values.call(callee, subject.value(scope), given.values(scope));
                };
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression subject) {
        Expression first = peek().is(":") ? null : conditional();
        if (accept("]")) {
            if (first == null) {
                throw wrong();
            }
            Expression index = first;
            return scope -> Values.item(subject.value(scope), index.value(scope));
        }
        expect(":");
        Expression end = peek().is("]") || peek().is(":") ? null : conditional();
        Expression step = accept(":") && !peek().is("]") ? conditional() : null;
        expect("]");
        return scope -> Values.slice(
                subject.value(scope),
                first == null ? Constant.NONE : first.value(scope),
                end == null ? Constant.NONE : end.value(scope),
                step == null ? Constant.NONE : step.value(scope));
    }

    private Given arguments() {
        List<Expression> plain = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!accept(")")) {
            if (peek().kind() == Token.Kind.NAME && tokens.get(at + 1).is("=")) {
                String name = name();
                at++;
                named.put(name, conditional());
            } else {
                plain.add(conditional());
            }
            if (!peek().is(")")) {
                expect(",");
            }
        }
        return new Given(plain, named);
    }

    private Expression primary() {
        Token token = tokens.get(at++);
        switch (token.kind()) {
            case STRING -> {
                StringBuilder joined = new StringBuilder(token.text());
                while (peek().kind() == Token.Kind.STRING) {
                    joined.append(tokens.get(at++).text());
                }
                String value = joined.toString();
                return scope -> value;
            }
            case NUMBER -> {
                Object value = Numbers.literal(token.text());
                return scope -> value;
            }
            case NAME -> {
                return named(token.text());
            }
            default -> {
                return bracketed(token);
            }
        }
    }

    private static Expression named(String name) {
        return switch (name) {
            case "true", "True" -> scope -> true;
            case "false", "False" -> scope -> false;
            case "none", "None" -> scope -> Constant.NONE;
            default -> scope -> scope.get(name);
        };
    }

    private Expression bracketed(Token token) {
        if (token.is("{")) {
            return dictionary();
        }
        if (!token.is("(") && !token.is("[")) {
            at--;
            throw wrong();
        }
        String closing = token.is("(") ? ")" : "]";
        List<Expression> elements = new ArrayList<>();
        boolean list = token.is("[");
        boolean comma = false;
        while (!accept(closing)) {
            elements.add(conditional());
            if (!peek().is(closing)) {
                expect(",");
                comma = true;
            }
        }
        if (list) {
            return scope -> elements.stream().map(each -> each.value(scope)).toList();
        }
        return elements.size() == 1 && !comma
                ? elements.getFirst()
                : scope -> new Tuple(elements.stream().map(each -> each.value(scope)).toList());
    }

    private Expression dictionary() {
        Map<Expression, Expression> entries = new LinkedHashMap<>();
        while (!accept("}")) {
            Expression key = conditional();
            expect(":");
            entries.put(key, conditional());
            if (!peek().is("}")) {
                expect(",");
            }
        }
        return scope -> {
            Map<Object, Object> values = new LinkedHashMap<>();
            entries.forEach((key, value) -> values.put(key.value(scope), value.value(scope)));
            return values;
        };
    }

    private Token peek() {
        return tokens.get(at);
    }

    private JinjaException wrong() {
        Token token = peek();
        return new JinjaException("has '" + text + "', which is no expression"
                + (token.kind() == Token.Kind.END ? ": it ends too early" : " from '" + token.text() + "' on"));
    }
}
