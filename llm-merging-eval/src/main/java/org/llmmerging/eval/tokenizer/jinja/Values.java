package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The arithmetic of template values: strings, whole and decimal numbers, truth values, lists, mappings, constants. */
final class Values {
    private Values() {}

    /** Python's truth of a value. */
    static boolean isTrue(Object value) {
        return switch (value) {
            case Constant none -> false;
            case Boolean truth -> truth;
            case String text -> !text.isEmpty();
            case Long number -> number != 0;
            case Double number -> number != 0;
            case List<?> list -> !list.isEmpty();
            case Map<?, ?> map -> !map.isEmpty();
            default -> true;
        };
    }

    /** A value as a template writes it: as Python's {@code str} does. */
    static String text(Object value) {
        return switch (value) {
            case Constant constant -> constant == Constant.NONE ? "None" : "";
            case Boolean truth -> truth ? "True" : "False";
            case List<?> list -> list.stream().map(Values::quoted).collect(Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map -> map.entrySet().stream()
                    .map(entry -> quoted(entry.getKey()) + ": " + quoted(entry.getValue()))
                    .collect(Collectors.joining(", ", "{", "}"));
            default -> value.toString();
        };
    }

    private static String quoted(Object value) {
        if (value instanceof String string) {
            char quote = string.contains("'") && !string.contains("\"") ? '"' : '\'';
            String escaped = string.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t");
            return quote + (quote == '\'' ? escaped.replace("'", "\\'") : escaped) + quote;
        }
        return text(value);
    }

    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double;
    }

    private static double number(Object value) {
        if (!(value instanceof Number number)) {
            throw new JinjaException("takes '" + text(value) + "' for a number");
        }
        return number.doubleValue();
    }

    static long whole(Object value) {
        if (!(value instanceof Long number)) {
            throw new JinjaException("takes '" + text(value) + "' for a whole number");
        }
        return number;
    }

    static Object calculate(String sign, Object left, Object right) {
        if (sign.equals("~")) {
            return text(left) + text(right);
        }
        if (sign.equals("+") && left instanceof String first && right instanceof String second) {
            return first + second;
        }
        if (sign.equals("+") && left instanceof List<?> first && right instanceof List<?> second) {
            List<Object> joined = new ArrayList<>(first);
            joined.addAll(second);
            return joined;
        }
        if (sign.equals("*") && left instanceof String repeated && right instanceof Long times) {
            return repeated.repeat((int) Math.clamp(times, 0, 10_000));
        }
        if (left instanceof Long first && right instanceof Long second && !sign.equals("/")) {
            return switch (sign) {
                case "+" -> first + second;
                case "-" -> first - second;
                case "*" -> first * second;
                default -> {
                    if (second == 0) {
                        throw new JinjaException("divides by zero");
                    }
                    yield sign.equals("%") ? Math.floorMod(first, second) : Math.floorDiv(first, second);
                }
            };
        }
        if (!isNumber(left) || !isNumber(right)) {
            throw new JinjaException(
                    "cannot do '" + sign + "' with '" + text(left) + "' and '" + text(right) + "'");
        }
        double first = number(left);
        double second = number(right);
        return switch (sign) {
            case "+" -> first + second;
            case "-" -> first - second;
            case "*" -> first * second;
            case "/" -> first / second;
            case "%" -> first - second * Math.floor(first / second);
            default -> Math.floor(first / second);
        };
    }

    static boolean equal(Object left, Object right) {
        return isNumber(left) && isNumber(right) ? number(left) == number(right) : left.equals(right);
    }

    static boolean compare(String sign, Object left, Object right) {
        if (sign.equals("==") || sign.equals("!=")) {
            return equal(left, right) == sign.equals("==");
        }
        int order = left instanceof String first && right instanceof String second
                ? first.compareTo(second)
                : Double.compare(number(left), number(right));
        return switch (sign) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    static boolean contains(Object container, Object value) {
        return switch (container) {
            case String text -> value instanceof String part && text.contains(part);
            case List<?> list -> list.stream().anyMatch(element -> equal(element, value));
            case Map<?, ?> map -> map.containsKey(value);
            case Constant.UNDEFINED -> false;
            default ->
                throw new JinjaException("looks for something in '" + text(container) + "', which holds nothing");
        };
    }

    /** {@code subject.name}: the entry of a mapping; what is not there is undefined. */
    static Object member(Object subject, String name) {
        if (subject == Constant.UNDEFINED) {
            throw new JinjaException("asks for '" + name + "' of something that is not defined");
        }
        Object value = subject instanceof Map<?, ?> map ? map.get(name) : null;
        return value == null ? Constant.UNDEFINED : value;
    }

    static Object item(Object subject, Object index) {
        if (index instanceof Long position && (subject instanceof List<?> || subject instanceof String)) {
            int size = subject instanceof List<?> list ? list.size() : ((String) subject).length();
            long at = position < 0 ? position + size : position;
            if (at < 0 || at >= size) {
                return Constant.UNDEFINED;
            }
            return subject instanceof List<?> list
                    ? list.get((int) at)
                    : String.valueOf(((String) subject).charAt((int) at));
        }
        if (subject instanceof Map<?, ?> map && map.get(index) != null) {
            return map.get(index);
        }
        return subject instanceof Map<?, ?> ? Constant.UNDEFINED : member(subject, text(index));
    }

    /** {@code subject[begin:end:step]}, where {@link Constant#NONE} stands for what is left out. */
    static Object slice(Object subject, Object begin, Object end, Object step) {
        List<Object> elements = list(subject);
        int size = elements.size();
        long by = step == Constant.NONE ? 1 : whole(step);
        if (by == 0) {
            throw new JinjaException("slices in steps of zero");
        }
        long from = bound(begin, by > 0 ? 0 : size - 1, size, by);
        long to = bound(end, by > 0 ? size : -1, size, by);
        List<Object> chosen = new ArrayList<>();
        for (long i = from; by > 0 ? i < to : i > to; i += by) {
            chosen.add(elements.get((int) i));
        }
        return subject instanceof String ? chosen.stream().map(Values::text).collect(Collectors.joining()) : chosen;
    }

    private static long bound(Object given, long otherwise, int size, long step) {
        if (given == Constant.NONE) {
            return otherwise;
        }
        long index = whole(given) < 0 ? whole(given) + size : whole(given);
        return Math.clamp(index, step > 0 ? 0 : -1, step > 0 ? size : size - 1);
    }

    /** What a loop goes through: elements, characters or keys. */
    static List<Object> list(Object value) {
        return switch (value) {
            case List<?> list -> List.copyOf(list);
            case Map<?, ?> map -> List.copyOf(map.keySet());
            case String text -> text.codePoints().<Object>mapToObj(Character::toString).toList();
            case Constant.UNDEFINED -> List.of();
            default -> throw new JinjaException("goes through '" + text(value) + "', which has no elements");
        };
    }

    static Object call(Object function, List<Object> arguments, Map<String, Object> named) {
        if (function instanceof Function callable) {
            return callable.call(arguments, named);
        }
        throw new JinjaException("calls '" + text(function) + "', which is no function that is known");
    }
}
