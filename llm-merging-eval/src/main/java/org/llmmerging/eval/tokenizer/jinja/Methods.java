package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The methods of Python's strings and dictionaries that templates call. */
final class Methods {
    private Methods() {}

    static Object call(Object subject, String name, List<Object> arguments, Map<String, Object> named) {
        if (subject instanceof Map<?, ?> map) {
            if (map.get(name) instanceof Function function) {
                return function.call(arguments, named);
            }
            return ofMap(map, name, arguments);
        }
        if (subject instanceof String text) {
            return ofString(text, name, arguments);
        }
        throw unknown(name, subject);
    }

    private static Object ofMap(Map<?, ?> map, String name, List<Object> arguments) {
        return switch (name) {
            case "items" -> items(map);
            case "keys" -> List.copyOf(map.keySet());
            case "values" -> List.copyOf(map.values());
            case "get" -> {
                Object value = map.get(argument(name, arguments, 0));
                yield value != null ? value : arguments.size() > 1 ? arguments.get(1) : Constant.NONE;
            }
            default -> throw unknown(name, map);
        };
    }

    static List<Object> items(Map<?, ?> map) {
        List<Object> items = new ArrayList<>();
        map.forEach((key, value) -> items.add(List.of(key, value)));
        return items;
    }

    private static Object ofString(String text, String name, List<Object> arguments) {
        return switch (name) {
            case "strip" -> strip(text, arguments, true, true);
            case "lstrip" -> strip(text, arguments, true, false);
            case "rstrip" -> strip(text, arguments, false, true);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "title" -> Filters.title(text);
            case "capitalize" -> Filters.capitalized(text);
            case "startswith" ->
                prefixes(name, arguments).stream().anyMatch(part -> text.startsWith(Values.text(part)));
            case "endswith" -> prefixes(name, arguments).stream().anyMatch(part -> text.endsWith(Values.text(part)));
            case "replace" -> text.replace(string(name, arguments, 0), string(name, arguments, 1));
            case "split" -> split(text, name, arguments);
            case "join" -> String.join(
                    text, Values.list(argument(name, arguments, 0)).stream().map(Values::text).toList());
            case "find" -> (long) text.indexOf(string(name, arguments, 0));
            case "count" -> (long) text.split(Pattern.quote(string(name, arguments, 0)), -1).length - 1;
            default -> throw unknown(name, text);
        };
    }

    private static List<Object> prefixes(String name, List<Object> arguments) {
        Object given = argument(name, arguments, 0);
        return given instanceof List<?> ? Values.list(given) : List.of(given);
    }

    private static List<Object> split(String text, String name, List<Object> arguments) {
        if (arguments.isEmpty() || arguments.getFirst() == Constant.NONE) {
            String stripped = text.strip();
            return stripped.isEmpty() ? List.of() : new ArrayList<>(Arrays.asList(stripped.split("\\s+")));
        }
        int limit = arguments.size() > 1 ? (int) Values.whole(arguments.get(1)) + 1 : -1;
        return new ArrayList<>(Arrays.asList(text.split(Pattern.quote(string(name, arguments, 0)), limit)));
    }

    private static String strip(String text, List<Object> arguments, boolean left, boolean right) {
        String unwanted = arguments.isEmpty() || arguments.getFirst() == Constant.NONE
                ? " \t\n\r\f\u000b"
                : Values.text(arguments.getFirst());
        int begin = 0;
        int end = text.length();
        while (left && begin < end && unwanted.indexOf(text.charAt(begin)) >= 0) {
            begin++;
        }
        while (right && end > begin && unwanted.indexOf(text.charAt(end - 1)) >= 0) {
            end--;
        }
        return text.substring(begin, end);
    }

    private static String string(String name, List<Object> arguments, int index) {
        return Values.text(argument(name, arguments, index));
    }

    private static Object argument(String name, List<Object> arguments, int index) {
        if (index >= arguments.size()) {
            throw new JinjaException("calls " + name + " with too few arguments");
        }
        return arguments.get(index);
    }

    private static JinjaException unknown(String name, Object subject) {
        return new JinjaException(
                "calls the method " + name + " of '" + Values.text(subject) + "', which is not known");
    }
}
