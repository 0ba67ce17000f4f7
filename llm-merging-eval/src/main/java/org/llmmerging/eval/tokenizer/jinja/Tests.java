package org.llmmerging.eval.tokenizer.jinja;

import java.util.List;
import java.util.Map;

/** What may follow {@code is}. */
final class Tests {
    private Tests() {}

    static boolean apply(String test, Object value, List<Object> arguments) {
        return switch (test) {
            case "defined" -> value != Constant.UNDEFINED;
            case "undefined" -> value == Constant.UNDEFINED;
            case "none" -> value == Constant.NONE;
            case "string" -> value instanceof String;
            case "mapping" -> value instanceof Map;
            case "sequence", "iterable" -> value instanceof List || value instanceof String || value instanceof Map;
            case "number" -> Values.isNumber(value);
            case "integer" -> value instanceof Long;
            case "float" -> value instanceof Double;
            case "boolean" -> value instanceof Boolean;
            case "true" -> Boolean.TRUE.equals(value);
            case "false" -> Boolean.FALSE.equals(value);
            case "callable" -> value instanceof Function;
            case "odd" -> Values.whole(value) % 2 != 0;
            case "even" -> Values.whole(value) % 2 == 0;
            case "divisibleby" -> Values.equal(Values.calculate("%", value, argument(test, arguments)), 0L);
            case "equalto", "eq", "sameas" -> Values.equal(value, argument(test, arguments));
            case "ne" -> !Values.equal(value, argument(test, arguments));
            case "in" -> Values.contains(argument(test, arguments), value);
            default -> throw new JinjaException("uses the test " + test + ", which is not known");
        };
    }

    private static Object argument(String test, List<Object> arguments) {
        if (arguments.isEmpty()) {
            throw new JinjaException("uses the test " + test + " without an argument");
        }
        return arguments.getFirst();
    }
}
