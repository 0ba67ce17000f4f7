package org.llmmerging.eval.tokenizer.jinja;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

import static org.llmmerging.eval.tokenizer.jinja.Operation.entry;

/** The methods of Python's strings and dictionaries that templates call. */
final class Methods {
    private static final Parameters CHARACTERS = Parameters.of().or("chars", Constant.NONE);

    private static final Map<String, Operation<Map<?, ?>>> OF_MAPS = Map.<String, Operation<Map<?, ?>>>ofEntries(
            entry("items", Parameters.NONE, (map, given) -> new View(List.copyOf(items(map)))),
            entry("keys", Parameters.NONE, (map, given) -> new View(List.copyOf(map.keySet()))),
            entry("values", Parameters.NONE, (map, given) -> new View(List.copyOf(map.values()))),
            entry("get", Parameters.of("key").or("default", Constant.NONE), (map, given) -> {
                Object value = map.get(given.get("key"));
                return value == null ? given.get("default") : value;
            }));

    private static final Map<String, Operation<String>> OF_STRINGS = Map.<String, Operation<String>>ofEntries(
            entry("strip", CHARACTERS, (text, given) -> Strings.strip(text, given.get("chars"), true, true)),
            entry("lstrip", CHARACTERS, (text, given) -> Strings.strip(text, given.get("chars"), true, false)),
            entry("rstrip", CHARACTERS, (text, given) -> Strings.strip(text, given.get("chars"), false, true)),
            entry("upper", Parameters.NONE, (text, given) -> text.toUpperCase(Locale.ROOT)),
            entry("lower", Parameters.NONE, (text, given) -> text.toLowerCase(Locale.ROOT)),
            entry("title", Parameters.NONE, (text, given) -> Strings.title(text)),
            entry("capitalize", Parameters.NONE, (text, given) -> Strings.capitalize(text)),
            entry("startswith", Parameters.of("prefix"),
                    (text, given) -> matchesAny(given.get("prefix"), text, String::startsWith)),
            entry("endswith", Parameters.of("suffix"),
                    (text, given) -> matchesAny(given.get("suffix"), text, String::endsWith)),
            entry("replace", Parameters.of("old", "new").or("count", -1L), (text, given) -> Strings
                    .replace(text, given.text("old"), given.text("new"), given.limit("count"))),
            entry("split", Parameters.of().or("sep", Constant.NONE).or("maxsplit", -1L),
                    (text, given) -> given.get("sep") == Constant.NONE
                            ? Strings.split(text, given.limit("maxsplit"))
                            : Strings.split(text, given.text("sep"), given.limit("maxsplit"))),
            entry("join", Parameters.of("iterable"),
                    (text, given) -> Values.join(
                            text, Values.list(given.get("iterable")).stream().<Object>map(Methods::string).toList())),
            entry("find", Parameters.of("sub"), (text, given) -> Strings.find(text, given.text("sub"))),
            entry("count", Parameters.of("sub"), (text, given) -> Strings.count(text, given.text("sub"))));

    /** What Python's strings, dictionaries and lists have besides, so that it is defined, and refused when called. */
    private static final Set<String> MORE_OF_STRINGS = Set.of(
            "casefold", "center", "encode", "expandtabs", "format", "format_map", "index", "isalnum", "isalpha",
            "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable", "isspace",
            "istitle", "isupper", "ljust", "maketrans", "partition", "removeprefix", "removesuffix", "rfind", "rindex",
            "rjust", "rpartition", "rsplit", "splitlines", "swapcase", "translate", "zfill");
    private static final Set<String> MORE_OF_MAPS = Set.of("copy", "fromkeys");
    private static final Set<String> OF_LISTS = Set.of("copy", "count", "index");

    private Methods() {}

    /** Whether a value has a method of that name, which a template may ask for without calling it. */
    static boolean has(Object subject, String name) {
        return switch (subject) {
            case String text -> OF_STRINGS.containsKey(name) || MORE_OF_STRINGS.contains(name);
            case Map<?, ?> map -> OF_MAPS.containsKey(name) || MORE_OF_MAPS.contains(name);
            case List<?> list -> OF_LISTS.contains(name);
            default -> false;
        };
    }

    static Object call(Object subject, String name, Arguments given) {
        if (subject instanceof Namespace namespace) {
            return Values.call(name, Values.member(namespace, name), given);
        }
        if (subject instanceof Map<?, ?> map) {
            return map.get(name) instanceof Function function
                    ? function.call(given)
                    : known(OF_MAPS.get(name), name, subject).apply("the method " + name, map, given);
        }
        Operation<String> method = subject instanceof String ? OF_STRINGS.get(name) : null;
        return known(method, name, subject).apply("the method " + name, Values.text(subject), given);
    }

    private static <S> Operation<S> known(@Nullable Operation<S> method, String name, Object subject) {
        if (method == null) {
            throw new JinjaException(
                    "calls the method " + name + " of '" + Values.text(subject) + "', which is not known");
        }
        return method;
    }

    static List<Tuple> items(Map<?, ?> map) {
        return map.entrySet().stream()
                .map(entry -> new Tuple(List.of(entry.getKey(), entry.getValue())))
                .toList();
    }

    private static boolean matchesAny(Object parts, String text, BiPredicate<String, String> matches) {
        return parts instanceof Tuple several
                ? several.stream().anyMatch(part -> matches.test(text, string(part)))
                : matches.test(text, string(parts));
    }

    private static String string(Object value) {
        if (!(value instanceof String text)) {
            throw new JinjaException("takes '" + Values.text(value) + "' for a string");
        }
        return text;
    }
}
