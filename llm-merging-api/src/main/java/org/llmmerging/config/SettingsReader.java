package org.llmmerging.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.YamlNode.Mapping;
import org.llmmerging.config.YamlNode.Scalar;
import org.llmmerging.config.YamlNode.Sequence;

/** Reads {@code parameters}. */
final class SettingsReader {
    private SettingsReader() {}

    /** The {@code parameters} of a level; none when it has none. */
    static Settings read(Fields fields) {
        Map<String, Setting> settings = new LinkedHashMap<>();
        fields.entries("parameters", "parameters: {weight: 0.5}").forEach((name, entry) -> {
            settings.put(name, setting(entry.value(), Quoting.shortened(name), fields.problems()));
        });
        return new Settings(settings);
    }

    /** @param name as messages show it */
    private static Setting setting(YamlNode node, String name, Problems problems) {
        if (node instanceof Mapping) {
            problems.addApart(node.position(), "'" + name + "' is a filter outside a list. Write '" + name
                    + ": [{filter: mlp, value: 0.5}, {value: 1}]'.");
            return unreadable(node);
        }
        boolean isFiltered = node instanceof Sequence sequence
                && sequence.items().stream().anyMatch(Mapping.class::isInstance);
        return isFiltered ? filtered((Sequence) node, name, problems) : simple(node, name, problems);
    }

    /** A constant, flag or gradient. */
    private static Setting.Value simple(YamlNode node, String name, Problems problems) {
        return switch (node) {
            case Scalar scalar -> single(scalar, name, problems);
            case Sequence sequence when sequence.items().isEmpty() -> {
                problems.addApart(node.position(), "'" + name + "' is an empty list. Give it a number or several.");
                yield unreadable(node);
            }
            case Sequence sequence -> {
                List<Double> points = new ArrayList<>();
                for (YamlNode item : sequence.items()) {
                    point(item, name, problems).ifPresent(points::add);
                }
                yield points.size() == sequence.items().size()
                        ? new Setting.Gradient(points, node.position())
                        : unreadable(node);
            }
            case Mapping mapping -> {
                problems.addApart(mapping.position(), "the 'value' of a filter for '" + name
                        + "' must be a number, true or false, or a list of numbers, not a mapping. Write for example"
                        + " '{filter: mlp, value: 0.5}'.");
                yield unreadable(node);
            }
        };
    }

    private static Setting.Value unreadable(YamlNode node) {
        return new Setting.Unreadable(node.position());
    }

    /** A number, a switch as 0 or 1. */
    private static Optional<Double> point(YamlNode node, String name, Problems problems) {
        Boolean flag = node instanceof Scalar scalar ? scalar.asBoolean() : null;
        return flag == null ? Numbers.read(name, node, name, problems) : Optional.of(flag ? 1.0 : 0.0);
    }

    private static Setting.Value single(Scalar scalar, String name, Problems problems) {
        Boolean flag = scalar.asBoolean();
        if (!scalar.plain() && new Scalar(scalar.position(), scalar.text(), true).asBoolean() != null) {
            problems.addApart(scalar.position(), "'" + name + "' is " + scalar.describe()
                    + ", which is no switch. Write it without quotes: '" + name + ": " + scalar.text() + "'.");
            return unreadable(scalar);
        }
        if (flag != null) {
            return new Setting.Flag(flag, scalar.position());
        }
        return Numbers
                .readSetting(name, scalar, name, problems).<Setting.Value>map(
                        number -> new Setting.Constant(number, scalar.position()))
                .orElseGet(() -> unreadable(scalar));
    }

    private static Setting filtered(Sequence node, String name, Problems problems) {
        List<Setting.Case> cases = new ArrayList<>();
        for (YamlNode item : node.items()) {
            Setting.Case read = item instanceof Mapping mapping
                    ? filter(new Fields(mapping, "a filter for '" + name + "'", problems, List.of("filter", "value")),
                            name)
                    : new Setting.Case(null, simple(item, name, problems), item.position());
            if (read != null) {
                cases.add(read);
            }
        }
        return new Setting.Filtered(cases, node.position());
    }

    private static Setting.@Nullable Case filter(Fields fields, String name) {
        String filter = fields.text("filter", "filter: mlp");
        YamlNode value = fields.required("value", "{filter: mlp, value: 0.5}");
        return value == null
                ? null
                : new Setting.Case(filter, simple(value, name, fields.problems()), fields.position());
    }
}
