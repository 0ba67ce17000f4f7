package org.llmmerging.eval.tokenizer.jinja;

import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.llmmerging.eval.task.JsonText;

/** Jinja's filters that templates use, and transformers' {@code tojson}. */
final class Filters {
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+");

    private Filters() {}

    static Object apply(String filter, Object value, List<Object> arguments, Map<String, Object> named) {
        return switch (filter) {
            case "trim" ->
                Methods.call(value instanceof String ? value : Values.text(value), "strip", arguments, named);
            case "upper", "lower", "replace" -> Methods.call(Values.text(value), filter, arguments, named);
            case "title" -> title(Values.text(value));
            case "capitalize" -> capitalized(Values.text(value));
            case "string", "safe", "escape", "e" -> Values.text(value);
            case "length", "count" ->
                value instanceof Map<?, ?> map ? (long) map.size() : (long) Values.list(value).size();
            case "first" -> Values.item(Values.list(value), 0L);
            case "last" -> Values.item(Values.list(value), -1L);
            case "list" -> Values.list(value);
            case "reverse" -> value instanceof String text
                    ? new StringBuilder(text).reverse().toString()
                    : Values.list(value).reversed();
            case "join" -> Values.list(value).stream()
                    .map(Values::text)
                    .collect(Collectors.joining(arguments.isEmpty() ? "" : Values.text(arguments.getFirst())));
            case "default", "d" -> defaulted(value, arguments);
            case "int" -> value instanceof Double number ? number.longValue() : parsed(value);
            case "items", "dictsort" -> value instanceof Map<?, ?> map ? Methods.items(map) : List.of();
            case "tojson" -> json(value, named);
            case "map" -> mapped(value, arguments, named);
            case "selectattr", "rejectattr" -> selected(value, arguments, filter.equals("selectattr"));
            case "select", "reject" -> Values.list(value).stream()
                    .filter(each -> (arguments.isEmpty()
                            ? Values.isTrue(each)
                            : Tests.apply(Values.text(arguments.getFirst()), each, rest(arguments, 1))) == filter
                                    .equals("select"))
                    .toList();
            default -> throw new JinjaException("uses the filter " + filter + ", which is not known");
        };
    }

    static String title(String text) {
        return WORD.matcher(text).replaceAll(word -> capitalized(word.group()));
    }

    static String capitalized(String text) {
        return text.isEmpty()
                ? text
                : text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1).toLowerCase(Locale.ROOT);
    }

    private static Object defaulted(Object value, List<Object> arguments) {
        boolean evenIfFalse = arguments.size() > 1 && Values.isTrue(arguments.get(1));
        boolean absent = value == Constant.UNDEFINED || (evenIfFalse && !Values.isTrue(value));
        return !absent ? value : arguments.isEmpty() ? "" : arguments.getFirst();
    }

    private static Object parsed(Object value) {
        try {
            return value instanceof Long ? value : Long.valueOf(Values.text(value).strip());
        } catch (NumberFormatException noNumber) {
            return 0L;
        }
    }

    private static Object mapped(Object value, List<Object> arguments, Map<String, Object> named) {
        Object attribute = named.get("attribute");
        List<Object> mapped = new ArrayList<>();
        for (Object each : Values.list(value)) {
            mapped.add(attribute != null
                    ? Values.item(each, attribute)
                    : apply(Values.text(Values.item(arguments, 0L)), each, rest(arguments, 1), Map.of()));
        }
        return mapped;
    }

    private static Object selected(Object value, List<Object> arguments, boolean wanted) {
        Object attribute = Values.item(arguments, 0L);
        return Values.list(value).stream()
                .filter(each -> {
                    Object found = Values.item(each, attribute);
                    boolean holds = arguments.size() < 2
                            ? Values.isTrue(found)
                            : Tests.apply(Values.text(arguments.get(1)), found, rest(arguments, 2));
                    return holds == wanted;
                })
                .toList();
    }

    private static List<Object> rest(List<Object> arguments, int from) {
        return from >= arguments.size() ? List.of() : arguments.subList(from, arguments.size());
    }

    /** As Python's {@code json.dumps} with {@code ensure_ascii=False}; transformers' filter has {@code indent}. */
    private static String json(Object value, Map<String, Object> named) {
        Object indent = named.getOrDefault("indent", Constant.NONE);
        return indent instanceof Long spaces
                ? JsonText.unicodeIndented(plain(value), Math.clamp(spaces, 0, 100))
                : JsonText.unicodeLine(plain(value));
    }

    private static Object plain(Object value) {
        return switch (value) {
            case Constant constant -> NullNode.getInstance();
            case List<?> list -> list.stream().map(Filters::plain).toList();
            case Map<?, ?> map -> {
                Map<String, Object> plain = new LinkedHashMap<>();
                map.forEach((key, each) -> plain.put(Values.text(key), plain(each)));
                yield plain;
            }
            default -> value;
        };
    }
}
