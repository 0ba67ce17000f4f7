package org.llmmerging.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.YamlNode.Entry;
import org.llmmerging.config.YamlNode.Mapping;
import org.llmmerging.config.YamlNode.Scalar;
import org.llmmerging.config.YamlNode.Sequence;

/**
 * Takes the values of a mapping apart by key. What is wrong goes to the problems and reads as absent, so that reading
 * goes on and everything wrong is found. A key without a value is absent.
 */
final class Fields {
    private final Mapping mapping;
    private final Problems problems;

    /**
     * Reports unknown keys at once.
     *
     * @param what the mapping's name in messages: {@code a slice}
     * @param keys the known keys
     */
    Fields(Mapping mapping, String what, Problems problems, List<String> keys) {
        this.mapping = mapping;
        this.problems = problems;
        mapping.entries().forEach((key, entry) -> {
            if (!keys.contains(key)) {
                String problem = "unknown key '" + Quoting.shortened(key) + "' in " + what + ". "
                        + DidYouMean.remedy(key, keys);
                // One that is meant for a key which is not there leaves something out.
                boolean leavesOut = DidYouMean.suggest(key, keys)
                        .filter(meant -> !mapping.entries().containsKey(meant))
                        .isPresent();
                if (leavesOut) {
                    problems.add(entry.keyPosition(), problem);
                } else {
                    problems.addApart(entry.keyPosition(), problem);
                }
            }
        });
    }

    /** The fields of a node that must be a mapping, or null. */
    static @Nullable Fields of(YamlNode node, String what, Problems problems, List<String> keys) {
        if (node instanceof Mapping mapping) {
            return new Fields(mapping, what, problems, keys);
        }
        problems.add(node.position(), what + " must be a mapping of keys to values, not " + node.describe()
                + ". Its keys are: " + String.join(", ", keys) + ".");
        return null;
    }

    Position position() {
        return mapping.position();
    }

    Problems problems() {
        return problems;
    }

    /** Where the key stands, or the mapping when it has none. */
    Position position(String key) {
        Entry entry = mapping.entries().get(key);
        return entry == null ? position() : entry.keyPosition();
    }

    /** Where the key's value stands, or the mapping when it has none. */
    Position valuePosition(String key) {
        Entry entry = mapping.entries().get(key);
        return entry == null ? position() : entry.value().position();
    }

    boolean has(String key) {
        return node(key) != null;
    }

    @Nullable
    YamlNode node(String key) {
        Entry entry = mapping.entries().get(key);
        return entry == null || entry.value().isNull() ? null : entry.value();
    }

    /** The value, whose absence is a problem. */
    @Nullable
    YamlNode required(String key, String example) {
        YamlNode node = node(key);
        if (node == null) {
            boolean hasKey = mapping.entries().containsKey(key);
            String problem = hasKey ? "'" + key + "' has no value" : "missing '" + key + "'";
            problems.add(position(key), problem + ". Write for example '" + example + "'.");
        }
        return node;
    }

    @Nullable
    String text(String key, String example) {
        YamlNode node = node(key);
        if (node instanceof Scalar scalar) {
            return scalar.text();
        }
        if (node != null) {
            wrong(key, node, "text", example);
        }
        return null;
    }

    @Nullable
    Boolean flag(String key) {
        YamlNode node = node(key);
        Boolean value = node instanceof Scalar scalar ? scalar.asBoolean() : null;
        if (node != null && value == null) {
            wrong(key, node, "true or false", key + ": true");
        }
        return value;
    }

    /** A whole number of at least {@code minimum}. */
    @Nullable
    Integer count(String key, int minimum) {
        YamlNode node = node(key);
        Double value = node instanceof Scalar scalar && scalar.plain() ? scalar.asNumber() : null;
        if (value != null && value >= minimum && value <= Integer.MAX_VALUE && value == Math.rint(value)) {
            return value.intValue();
        }
        if (node != null) {
            wrong(key, node, "a whole number from " + minimum + " to " + Integer.MAX_VALUE, key + ": 512");
        }
        return null;
    }

    /** The items of a list; empty when there is none. */
    List<YamlNode> list(String key, String example) {
        YamlNode node = node(key);
        if (node != null && !(node instanceof Sequence)) {
            wrong(key, node, "a list", example);
        }
        return node instanceof Sequence sequence ? sequence.items() : List.of();
    }

    /** Reads every item of a list that must not be missing or empty, leaving out those that read as null. */
    <T> List<T> items(String key, String example, Function<YamlNode, @Nullable T> reader) {
        required(key, example);
        if (node(key) instanceof Sequence(Position place, List<YamlNode> items) && items.isEmpty()) {
            problems.add(place, "'" + key + "' is empty. Write for example '" + example + "'.");
        }
        List<T> values = new ArrayList<>();
        for (YamlNode node : list(key, example)) {
            T value = reader.apply(node);
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    /** The entries of a mapping whose keys are the user's own; empty when there is none. */
    Map<String, Entry> entries(String key, String example) {
        YamlNode node = node(key);
        if (node != null && !(node instanceof Mapping)) {
            wrong(key, node, "a mapping", example);
        }
        return node instanceof Mapping inner ? inner.entries() : new LinkedHashMap<>();
    }

    /** Reports a value of the wrong type. */
    void wrong(String key, YamlNode node, String expected, String example) {
        problems.add(node.position(), ofWrongType(key, node, expected, example));
    }

    /** What is reported of a value of the wrong type. */
    static String ofWrongType(String key, YamlNode node, String expected, String example) {
        return "'" + key + "' must be " + expected + ", not " + node.describe() + ". Write for example '" + example
                + "'.";
    }
}
