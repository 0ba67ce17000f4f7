package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What template values are in Python: their truth, text, order, elements and members. */
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
            case View view -> !view.elements().isEmpty();
            default -> true;
        };
    }

    /** A value as a template writes it: as Python's {@code str} does. */
    static String text(Object value) {
        return switch (value) {
            case Constant constant -> constant == Constant.NONE ? "None" : "";
            case Boolean truth -> truth ? "True" : "False";
            case Double number -> Numbers.text(number);
            case Tuple tuple when tuple.size() == 1 -> "(" + quoted(tuple.getFirst()) + ",)";
            case Tuple tuple -> "(" + joined(", ", tuple.stream().map(Values::quoted)) + ")";
            case List<?> list -> "[" + joined(", ", list.stream().map(Values::quoted)) + "]";
            case Map<?, ?> map -> "{" + joined(", ", map.entrySet().stream()
                    .map(entry -> quoted(entry.getKey()) + ": " + quoted(entry.getValue()))) + "}";
            case String text -> text;
            case Long number -> number.toString();
            default -> throw new JinjaException("writes a function, a namespace, a loop, a dictionary's keys, values or"
                    + " items, or what a filter such as map or select gives, none of which is a text."
                    + " The filter list makes a list of the latter");
        };
    }

    static String join(String separator, List<Object> elements) {
        return joined(separator, elements.stream().map(Values::text));
    }

    private static String joined(String separator, Stream<String> parts) {
        BoundedText text = new BoundedText();
        Iterator<String> each = parts.iterator();
        while (each.hasNext()) {
            text.append(each.next()).append(each.hasNext() ? separator : "");
        }
        return text.toString();
    }

    private static String quoted(Object value) {
        return switch (value) {
            case String text -> Strings.quoted(text);
            case Constant.UNDEFINED -> "Undefined";
            default -> text(value);
        };
    }

    /** Whether a value counts as a number, as Python's truth values do. */
    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    /** A truth value as the number it counts as; anything else as it is. */
    static Object asNumber(Object value) {
        return value instanceof Boolean truth ? (Object) (truth ? 1L : 0L) : value;
    }

    static double number(Object value) {
        if (!(asNumber(value) instanceof Number number)) {
            throw new JinjaException("takes '" + text(value) + "' for a number");
        }
        return number.doubleValue();
    }

    static long whole(Object value) {
        if (!(asNumber(value) instanceof Long number)) {
            throw new JinjaException("takes '" + text(value) + "' for a whole number");
        }
        return number;
    }

    static boolean equal(Object left, Object right) {
        if (left instanceof List<?> first && right instanceof List<?> second) {
            return first instanceof Tuple == second instanceof Tuple
                    && first.size() == second.size()
                    && IntStream.range(0, first.size()).allMatch(i -> equal(first.get(i), second.get(i)));
        }
        if (left instanceof Map<?, ?> first && right instanceof Map<?, ?> second) {
            return first.size() == second.size() && first.entrySet().stream().allMatch(entry -> {
                Object other = second.get(entry.getKey());
                return other != null && equal(entry.getValue(), other);
            });
        }
        Object first = asNumber(left);
        Object second = asNumber(right);
        return first instanceof Number && second instanceof Number && !(first instanceof Long && second instanceof Long)
                ? number(first) == number(second)
                : first.equals(second);
    }

    /** Which value comes first, of texts by code points, of numbers, or of lists by their elements. */
    static int order(Object left, Object right) {
        if (left instanceof String first && right instanceof String second) {
            return Strings.compare(first, second);
        }
        if (left instanceof List<?> first && right instanceof List<?> second
                && first instanceof Tuple == second instanceof Tuple) {
            for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
                if (!equal(first.get(i), second.get(i))) {
                    return order(first.get(i), second.get(i));
                }
            }
            return Integer.compare(first.size(), second.size());
        }
        return asNumber(left) instanceof Long first && asNumber(right) instanceof Long second
                ? Long.compare(first, second)
                : Double.compare(number(left), number(right));
    }

    static boolean compare(String sign, Object left, Object right) {
        if (sign.equals("==") || sign.equals("!=")) {
            return equal(left, right) == sign.equals("==");
        }
        int order = order(left, right);
        return switch (sign) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            default -> order >= 0;
        };
    }

    static boolean contains(Object container, Object value) {
        return switch (container) {
            case String text when value instanceof String part -> text.contains(part);
            case List<?> list -> list.stream().anyMatch(element -> equal(element, value));
            case Map<?, ?> map -> map.containsKey(value);
            case Constant.UNDEFINED -> false;
            case View view -> contains(view.elements(), value);
            case Generated generated -> generated.contains(value);
            case String text ->
                throw new JinjaException("looks in a string for '" + text(value) + "', which is no string");
            default ->
                throw new JinjaException("looks for something in '" + text(container) + "', which holds nothing");
        };
    }

    /** {@code subject.name}: a method, or the entry of a mapping; what is not there is undefined. */
    static Object member(Object subject, String name) {
        if (subject == Constant.UNDEFINED) {
            throw new JinjaException("asks for '" + name + "' of something that is not defined");
        }
        if (Methods.has(subject, name)) {
            return (Function) given -> Methods.call(subject, name, given);
        }
        Object value = switch (subject) {
            case Map<?, ?> map -> map.get(name);
            case Namespace namespace -> namespace.members().get(name);
            default -> null;
        };
        return value == null ? Constant.UNDEFINED : value;
    }

    static Object item(Object subject, Object index) {
        if (asNumber(index) instanceof Long position && (subject instanceof List<?> || subject instanceof String)) {
            int size = subject instanceof List<?> list ? list.size() : Strings.length((String) subject);
            long at = position < 0 ? position + size : position;
            if (at < 0 || at >= size) {
                return Constant.UNDEFINED;
            }
            return subject instanceof List<?> list
                    ? list.get((int) at)
                    : Strings.at((String) subject, (int) at);
        }
        if (subject instanceof Map<?, ?> map && map.get(index) != null) {
            return map.get(index);
        }
        return subject instanceof Map<?, ?> && !(index instanceof String)
                ? Constant.UNDEFINED
                : member(subject, text(index));
    }

    /** {@code subject[begin:end:step]}, where {@link Constant#NONE} stands for what is left out. */
    static Object slice(Object subject, Object begin, Object end, Object step) {
        if (!(subject instanceof List<?> || subject instanceof String)) {
            throw new JinjaException("slices what is neither a list nor a text");
        }
        List<Object> elements = list(subject);
        int size = elements.size();
        long by = step == Constant.NONE ? 1 : Math.clamp(whole(step), -size - 1L, size + 1L);
        if (by == 0) {
            throw new JinjaException("slices in steps of zero");
        }
        long from = bound(begin, by > 0 ? 0 : size - 1, size, by);
        long to = bound(end, by > 0 ? size : -1, size, by);
        List<Object> chosen = new ArrayList<>();
        for (long i = from; by > 0 ? i < to : i > to; i += by) {
            chosen.add(elements.get((int) i));
        }
        return switch (subject) {
            case String text -> join("", chosen);
            case Tuple tuple -> new Tuple(chosen);
            default -> chosen;
        };
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
            case View view -> view.elements();
            case Generated generated -> generated.rest();
            default -> throw new JinjaException("goes through '" + text(value) + "', which has no elements");
        };
    }

    /** @param name what the template calls the function, empty when it has no name */
    static Object call(String name, Object function, Arguments given) {
        if (function instanceof Function callable) {
            return callable.call(given);
        }
        throw new JinjaException(
                name.isEmpty()
                        ? "calls what is no function"
                        : "calls '" + name + "', which is no function that is known");
    }
}
