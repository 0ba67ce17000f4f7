package org.llmmerging.eval.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/** What may follow {@code is}. */
final class Tests {
    private static final Map<String, Operation<Object>> TESTS = Map.<String, Operation<Object>>ofEntries(
            test("defined", value -> value != Constant.UNDEFINED),
            test("undefined", value -> value == Constant.UNDEFINED),
            test("none", value -> value == Constant.NONE),
            test("string", value -> value instanceof String),
            test("mapping", value -> value instanceof Map),
            test("sequence", Tests::isSequence),
            test("iterable", value -> isSequence(value) || value instanceof View || value instanceof Generated),
            test("number", Values::isNumber),
            test("integer", value -> value instanceof Long),
            test("float", value -> value instanceof Double),
            test("boolean", value -> value instanceof Boolean),
            test("true", Boolean.TRUE::equals),
            test("false", Boolean.FALSE::equals),
            test("callable", value -> value instanceof Function || value == Constant.UNDEFINED),
            test("odd", value -> Values.whole(value) % 2 != 0),
            test("even", value -> Values.whole(value) % 2 == 0),
            test("divisibleby", "num", (value, by) -> Values.equal(Arithmetic.calculate("%", value, by), 0L)),
            test("equalto", "b", Values::equal),
            test("eq", "b", Values::equal),
            test("ne", "b", (value, other) -> !Values.equal(value, other)),
            test("gt", "b", (value, other) -> Values.compare(">", value, other)),
            test("greaterthan", "b", (value, other) -> Values.compare(">", value, other)),
            test("ge", "b", (value, other) -> Values.compare(">=", value, other)),
            test("lt", "b", (value, other) -> Values.compare("<", value, other)),
            test("lessthan", "b", (value, other) -> Values.compare("<", value, other)),
            test("le", "b", (value, other) -> Values.compare("<=", value, other)),
            test("sameas", "other", Object::equals),
            test("in", "seq", (value, container) -> Values.contains(container, value)));

    private Tests() {}

    /** In Jinja, what is undefined can be gone through, and called: it stands for nothing. */
    private static boolean isSequence(Object value) {
        return value instanceof List || value instanceof String || value instanceof Map || value == Constant.UNDEFINED;
    }

    private static Map.Entry<String, Operation<Object>> test(String name, Predicate<Object> holds) {
        return Operation.entry(name, Parameters.NONE, (value, given) -> holds.test(value));
    }

    private static Map.Entry<String, Operation<Object>> test(
            String name, String other, BiPredicate<Object, Object> holds) {
        return Operation.entry(
                name, Parameters.of(other), (value, given) -> holds.test(value, given.get(other)));
    }

    static boolean apply(String name, Object value, Arguments given) {
        Operation<Object> test = TESTS.get(name);
        if (test == null) {
            throw new JinjaException("uses the test " + name + ", which is not known");
        }
        return Values.isTrue(test.apply("the test " + name, value, given));
    }
}
