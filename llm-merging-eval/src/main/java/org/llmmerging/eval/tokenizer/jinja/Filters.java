package org.llmmerging.eval.tokenizer.jinja;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import static org.llmmerging.eval.tokenizer.jinja.Operation.entry;
import static org.llmmerging.eval.tokenizer.jinja.Operation.open;

/** Jinja's filters that templates use, and transformers' {@code tojson}. */
final class Filters {
    private static final Parameters DEFAULT = Parameters.of().or("default_value", "").or("boolean", false);
    private static final Parameters ATTRIBUTE = Parameters.of("attribute").or("default", Constant.UNDEFINED);

    private static final Map<String, Operation<Object>> FILTERS = Map.<String, Operation<Object>>ofEntries(
            entry("trim", Parameters.of().or("chars", Constant.NONE),
                    (value, given) -> Strings.strip(Values.text(value), given.get("chars"), true, true)),
            entry("upper", Parameters.NONE, (value, given) -> Values.text(value).toUpperCase(Locale.ROOT)),
            entry("lower", Parameters.NONE, (value, given) -> Values.text(value).toLowerCase(Locale.ROOT)),
            entry("title", Parameters.NONE, (value, given) -> Strings.titleOfWords(Values.text(value))),
            entry("capitalize", Parameters.NONE, (value, given) -> Strings.capitalize(Values.text(value))),
            entry("replace", Parameters.of("old", "new").or("count", Constant.NONE), (value, given) -> Strings
                    .replace(Values.text(value), given.text("old"), given.text("new"), given.limit("count"))),
            entry("indent", Parameters.of().or("width", 4L).or("first", false).or("blank", false), Filters::indented),
            entry("string", Parameters.NONE, (value, given) -> Values.text(value)),
            entry("safe", Parameters.NONE, (value, given) -> Values.text(value)),
            entry("escape", Parameters.NONE, (value, given) -> Strings.escape(Values.text(value))),
            entry("e", Parameters.NONE, (value, given) -> Strings.escape(Values.text(value))),
            entry("length", Parameters.NONE, (value, given) -> length(value)),
            entry("count", Parameters.NONE, (value, given) -> length(value)),
            entry("first", Parameters.NONE, (value, given) -> value instanceof Generated generated
                    ? generated.next()
                    : Values.item(Values.list(value), 0L)),
            entry("last", Parameters.NONE, (value, given) -> Values.item(sized(value), -1L)),
            entry("list", Parameters.NONE, (value, given) -> Values.list(value)),
            entry("reverse", Parameters.NONE, (value, given) -> switch (value) {
                case String text -> new StringBuilder(text).reverse().toString();
                case Generated generated -> generated.rest().reversed();
                default -> new Generated(Values.list(value).reversed());
            }),
            entry("join", Parameters.of().or("d", "").or("attribute", Constant.NONE), (value, given) -> Values.join(
                    given.text("d"),
                    Values.list(value).stream().map(each -> attribute(each, given.get("attribute"), Constant.UNDEFINED))
                            .toList())),
            entry("default", DEFAULT, Filters::defaulted),
            entry("d", DEFAULT, Filters::defaulted),
            entry("int", Parameters.of().or("default", 0L).or("base", 10L), (value, given) -> Numbers
                    .whole(value, given.get("default"), Values.whole(given.get("base")))),
            entry("items", Parameters.NONE,
                    (value, given) -> new Generated(
                            value == Constant.UNDEFINED ? List.of() : Methods.items(mapping(value)))),
            entry("dictsort", Parameters.of().or("case_sensitive", false).or("by", "key").or("reverse", false),
                    Filters::sorted),
            entry("tojson", Parameters.of()
                    .or("ensure_ascii", false)
                    .or("indent", Constant.NONE)
                    .or("separators", Constant.NONE)
                    .or("sort_keys", false), Json::text),
            open("map", Filters::mapped),
            open("selectattr", (callee, value, given) -> withAttribute(callee, value, given, true)),
            open("rejectattr", (callee, value, given) -> withAttribute(callee, value, given, false)),
            open("select", (callee, value, given) -> selected(value, Constant.NONE, given, true)),
            open("reject", (callee, value, given) -> selected(value, Constant.NONE, given, false)));

    private Filters() {}

    static Object apply(String name, Object value, Arguments given) {
        Operation<Object> filter = FILTERS.get(name);
        if (filter == null) {
            throw new JinjaException("uses the filter " + name + ", which is not known");
        }
        return filter.apply("the filter " + name, value, given);
    }

    private static Object indented(Object value, Parameters.Bound given) {
        Object width = given.get("width");
        String indention = width instanceof String text
                ? text
                : new BoundedText().repeat(" ", Values.whole(width)).toString();
        return Strings.indent(Values.text(value), indention, given.isTrue("first"), given.isTrue("blank"));
    }

    private static Object defaulted(Object value, Parameters.Bound given) {
        boolean absent = value == Constant.UNDEFINED || (given.isTrue("boolean") && !Values.isTrue(value));
        return absent ? given.get("default_value") : value;
    }

    private static long length(Object value) {
        return sized(value).size();
    }

    /** The elements of a value that has a length and an end. */
    private static List<Object> sized(Object value) {
        if (value instanceof Generated) {
            throw new JinjaException(
                    "asks for the length or the end of what a filter such as map or select gives, which has none"
                            + " before the filter list");
        }
        return Values.list(value);
    }

    private static Map<?, ?> mapping(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new JinjaException("takes '" + Values.text(value) + "' for a dictionary");
        }
        return map;
    }

    private static Object sorted(Object value, Parameters.Bound given) {
        boolean byKey = given.text("by").equals("key");
        if (!byKey && !given.text("by").equals("value")) {
            throw new JinjaException("sorts a dictionary by '" + given.text("by") + "', not by 'key' or 'value'");
        }
        boolean exact = given.isTrue("case_sensitive");
        Comparator<Tuple> order = Comparator.comparing(item -> {
            Object key = item.get(byKey ? 0 : 1);
            return key instanceof String text && !exact ? text.toLowerCase(Locale.ROOT) : key;
        }, Values::order);
        return Methods.items(mapping(value)).stream()
                .sorted(given.isTrue("reverse") ? order.reversed() : order)
                .toList();
    }

    /** Of {@code tools}, for instance, which a conversation may have none of. */
    private static List<Object> elements(Object value) {
        return Values.isTrue(value) ? Values.list(value) : List.of();
    }

    private static Object mapped(String callee, Object value, Arguments given) {
        if (given.plain().isEmpty()) {
            Parameters.Bound bound = ATTRIBUTE.bind(callee, given);
            return new Generated(elements(value).stream()
                    .map(each -> attribute(each, bound.get("attribute"), bound.get("default")))
                    .toList());
        }
        String filter = Values.text(given.plain().getFirst());
        return new Generated(elements(value).stream().map(each -> apply(filter, each, given.after(1))).toList());
    }

    private static Object withAttribute(String callee, Object value, Arguments given, boolean wanted) {
        if (given.plain().isEmpty()) {
            throw new JinjaException("uses " + callee + " without an attribute");
        }
        return selected(value, given.plain().getFirst(), given.after(1), wanted);
    }

    /** The elements whose attribute is true, or holds in the test that is given. */
    private static Object selected(Object value, Object attribute, Arguments given, boolean wanted) {
        return new Generated(elements(value).stream()
                .filter(each -> {
                    Object found = attribute(each, attribute, Constant.UNDEFINED);
                    return wanted == (given.plain().isEmpty()
                            ? Values.isTrue(found)
                            : Tests.apply(Values.text(given.plain().getFirst()), found, given.after(1)));
                })
                .toList());
    }

    /** The member at the end of a path such as {@code function.name}; the value itself for {@link Constant#NONE}. */
    private static Object attribute(Object value, Object path, Object otherwise) {
        if (path == Constant.NONE) {
            return value;
        }
        Object found = value;
        for (Object name : path instanceof String names ? Strings.split(names, ".", -1) : List.of(path)) {
            boolean position = name instanceof String text && text.matches("\\d{1,9}");
            found = Values.item(found, position ? Long.valueOf(Values.text(name)) : name);
            if (found == Constant.UNDEFINED) {
                found = otherwise;
            }
        }
        return found;
    }
}
