package org.llmmerging.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.Sources.Input;
import org.llmmerging.config.Sources.OfModule;
import org.llmmerging.config.Sources.OutputModule;
import org.llmmerging.config.Sources.Slice;
import org.llmmerging.config.Sources.SliceSource;
import org.llmmerging.config.YamlNode.Mapping;
import org.llmmerging.config.YamlNode.Scalar;
import org.llmmerging.config.YamlNode.Sequence;

/** Reads {@code models}, {@code slices} and {@code modules}. */
final class SourcesReader {
    private static final String MODELS_EXAMPLE = "models: [{model: path/to/model, parameters: {weight: 0.5}}]";
    private static final String SOURCES_EXAMPLE = "sources: [{model: path/to/model, layer_range: [0, 4]}]";
    private static final String SLICES_EXAMPLE = "slices: [{" + SOURCES_EXAMPLE + "}]";
    private static final String MODULES_EXAMPLE = "modules: {default: {" + MODELS_EXAMPLE + "}}";
    private static final String RESIDUAL_WEIGHT = "residual_weight";
    private static final String RANGE_EXAMPLE = "layer_range: [0, 4]";

    private final Problems problems;

    SourcesReader(Problems problems) {
        this.problems = problems;
    }

    /** What a configuration merges, or null and a problem when it does not say so in exactly one way. */
    @Nullable
    Sources read(Fields fields) {
        String key = only(fields, List.of("models", "slices", "modules"));
        return "modules".equals(key) ? modules(fields) : ofModule(fields, key);
    }

    /**
     * The first present key, or null; it is a problem when it is not the only one. An empty one beside another is
     * absent.
     */
    private @Nullable String only(Fields fields, List<String> keys) {
        List<String> given = keys.stream().filter(fields::has).toList();
        List<String> filled = given.stream().filter(key -> !isEmpty(fields.node(key))).toList();
        List<String> present = filled.isEmpty() ? given : filled;
        String choice = "'" + String.join("', '", keys) + "'";
        if (present.isEmpty()) {
            problems.add(
                    fields.position(), "missing one of " + choice + ". Write for example '" + MODELS_EXAMPLE + "'.");
            return null;
        }
        for (String second : present.subList(1, present.size())) {
            problems.add(fields.position(second), "'" + second + "' as well as '" + present.getFirst()
                    + "'. Keep exactly one of " + choice + ".");
        }
        return present.getFirst();
    }

    private static boolean isEmpty(@Nullable YamlNode node) {
        return switch (node) {
            case Sequence sequence -> sequence.items().isEmpty();
            case Mapping mapping -> mapping.entries().isEmpty();
            case null, default -> false;
        };
    }

    private @Nullable OfModule ofModule(Fields fields, @Nullable String key) {
        if (key == null) {
            return null;
        }
        return key.equals("models")
                ? new Sources.Models(fields.items(key, MODELS_EXAMPLE, this::input), fields.valuePosition(key))
                : new Sources.Slices(fields.items(key, SLICES_EXAMPLE, this::slice), fields.valuePosition(key));
    }

    private @Nullable Input input(YamlNode node) {
        Fields fields = Fields.of(node, "an entry of 'models'", problems, List.of("model", "parameters"));
        if (fields == null) {
            return null;
        }
        ModelReference model = model(fields);
        Settings parameters = SettingsReader.read(fields);
        return model == null ? null : new Input(model, parameters, node.position());
    }

    private @Nullable ModelReference model(Fields fields) {
        return ModelReferences.read(fields.required("model", "model: path/to/model"), problems);
    }

    private @Nullable Slice slice(YamlNode node) {
        Fields fields = Fields.of(node, "a slice", problems,
                List.of("sources", "base_model", "parameters", RESIDUAL_WEIGHT));
        if (fields == null) {
            return null;
        }
        if (fields.has(RESIDUAL_WEIGHT)) {
            problems.addApart(fields.position(RESIDUAL_WEIGHT),
                    "'" + RESIDUAL_WEIGHT + "' is not supported. Remove it.");
        }
        List<SliceSource> sources = fields.items("sources", SOURCES_EXAMPLE, this::sliceSource);
        for (SliceSource source : sources) {
            int expected = sources.getFirst().layerCount();
            if (source.layerCount() != expected) {
                problems.add(source.position(), "'layer_range' spans " + source.layerCount() + " layers of '"
                        + source.model() + "' but " + expected + " of '" + sources.getFirst().model()
                        + "'. All sources of a slice need as many layers.");
            }
        }
        ModelReference baseModel = ModelReferences.read(fields.node("base_model"), problems);
        return new Slice(sources, baseModel, SettingsReader.read(fields), node.position());
    }

    private @Nullable SliceSource sliceSource(YamlNode node) {
        Fields fields = Fields.of(node, "an entry of 'sources'", problems,
                List.of("model", "layer_range", "parameters"));
        if (fields == null) {
            return null;
        }
        ModelReference model = model(fields);
        int[] range = layerRange(fields);
        Settings parameters = SettingsReader.read(fields);
        return model == null || range == null
                ? null
                : new SliceSource(model, range[0], range[1], parameters, node.position());
    }

    private int @Nullable [] layerRange(Fields fields) {
        YamlNode node = fields.required("layer_range", RANGE_EXAMPLE);
        if (node == null) {
            return null;
        }
        Integer first = null;
        Integer end = null;
        if (node instanceof Sequence(Position position, List<YamlNode> items) && items.size() == 2) {
            first = layer(items.get(0));
            end = layer(items.get(1));
        }
        if (first == null || end == null) {
            String expected = "two whole numbers, the first layer and the one after the last";
            fields.wrong("layer_range", node, expected, RANGE_EXAMPLE);
            return null;
        }
        if (end <= first) {
            problems.add(node.position(), "'layer_range' [" + first + ", " + end
                    + "] has no layers. The second number is the layer after the last and greater than the first.");
            return null;
        }
        return new int[] {first, end};
    }

    private static @Nullable Integer layer(YamlNode node) {
        Double number = node instanceof Scalar scalar ? scalar.asNumber() : null;
        if (number == null || number < 0 || number > Integer.MAX_VALUE || number != Math.rint(number)) {
            return null;
        }
        return number.intValue();
    }

    private Sources modules(Fields fields) {
        if (fields.node("modules") instanceof Mapping mapping && mapping.entries().isEmpty()) {
            problems.add(mapping.position(), "'modules' is empty. Write for example '" + MODULES_EXAMPLE + "'.");
        }
        Map<String, OutputModule> modules = new LinkedHashMap<>();
        fields.entries("modules", MODULES_EXAMPLE).forEach((name, entry) -> {
            OutputModule module = module(name, entry.value());
            if (module != null) {
                modules.put(name, module);
            }
        });
        return new Sources.Modules(modules, fields.valuePosition("modules"));
    }

    private @Nullable OutputModule module(String name, YamlNode node) {
        List<String> keys = List.of("models", "slices", "parameters");
        Fields fields = Fields.of(node, "the module '" + Quoting.shortened(name) + "'", problems, keys);
        if (fields == null) {
            return null;
        }
        OfModule sources = ofModule(fields, only(fields, List.of("models", "slices")));
        Settings parameters = SettingsReader.read(fields);
        return sources == null ? null : new OutputModule(sources, parameters, node.position());
    }
}
