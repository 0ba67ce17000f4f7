package org.llmmerging.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.tensor.DType;

/** Reads the documents of a mergekit YAML file, collecting all problems. */
final class MergeConfigReader {
    private static final List<String> KEYS = List.of(
            "merge_method",
            "models",
            "slices",
            "modules",
            "base_model",
            "parameters",
            "dtype",
            "out_dtype",
            "tokenizer_source",
            "tokenizer",
            "chat_template",
            "name");
    private static final List<String> DTYPES = Arrays.stream(DType.values())
            .filter(DType::isMergeable)
            .map(DType::torchName)
            .toList();
    private static final String TORCH_PREFIX = "torch.";

    private final Path file;
    private final Problems problems = new Problems();
    private final Map<String, Position> names = new HashMap<>();

    MergeConfigReader(Path file) {
        this.file = file;
    }

    MergeDocuments read() {
        List<YamlNode> documents = YamlReader.read(file, problems);
        if (documents.isEmpty()) {
            throw problems.fatal(Position.of(file), "is empty. Give it at least merge_method and models.", null);
        }
        List<MergeConfig> configs = new ArrayList<>();
        Position nameless = null;
        for (YamlNode document : documents) {
            refuse(document, "list_models",
                    "a kit configuration, not of mergekit's. Run it with './main -m NAME --config FILE'.");
            refuse(document, "experts", "mergekit-moe, and mixtures of experts are not made here.");
            Fields fields = Fields.of(withoutIgnored(document), "a merge configuration", problems, KEYS);
            if (fields == null) {
                continue;
            }
            if (!fields.has("name")) {
                if (nameless != null) {
                    problems.add(document.position(), "a second document without 'name', after the one at "
                            + nameless.withinFile() + ". Name all but one, for the others to use the result.");
                }
                nameless = nameless == null ? document.position() : nameless;
            }
            YamlNode.Entry seed = entry(document, MergeConfig.RANDOM_SEED);
            MergeConfig config = config(fields, seed == null ? null : seed.keyPosition());
            if (config != null) {
                configs.add(config);
            }
        }
        return new MergeDocuments(configs, names.keySet(), problems);
    }

    /**
     * Without what public recipes have and nothing is read from: the seed, and keys of the author's own that only hold
     * a value for aliases.
     */
    private static YamlNode withoutIgnored(YamlNode document) {
        if (!(document instanceof YamlNode.Mapping mapping)) {
            return document;
        }
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(mapping.entries());
        entries.remove(MergeConfig.RANDOM_SEED);
        entries.entrySet().removeIf(entry -> entry.getValue().isAnchored()
                && !KEYS.contains(entry.getKey())
                && DidYouMean.suggest(entry.getKey(), KEYS).isEmpty());
        return new YamlNode.Mapping(mapping.position(), entries);
    }

    /** Ends the reading at a key of another kind of file, which has much else that is unknown here. */
    private void refuse(YamlNode document, String key, String owner) {
        YamlNode.Entry entry = entry(document, key);
        if (entry != null) {
            throw problems.fatal(entry.keyPosition(), "'" + key + "' is a key of " + owner, null);
        }
    }

    private static YamlNode.@Nullable Entry entry(YamlNode document, String key) {
        return document instanceof YamlNode.Mapping mapping ? mapping.entries().get(key) : null;
    }

    private @Nullable MergeConfig config(Fields fields, @Nullable Position seed) {
        String name = name(fields);
        fields.required("merge_method", "merge_method: linear");
        String mergeMethod = fields.text("merge_method", "merge_method: linear");
        ModelReference baseModel = ModelReferences.read(fields.node("base_model"), problems);
        Sources sources = new SourcesReader(problems).read(fields);
        Settings parameters = SettingsReader.read(fields);
        DType dtype = dtype(fields, "dtype");
        DType outDtype = dtype(fields, "out_dtype");
        TokenizerConfig tokenizer = new TokenizerReader(problems).read(fields);
        String chatTemplate = fields.text("chat_template", "chat_template: chatml");
        if (mergeMethod == null || sources == null) {
            return null;
        }
        Map<String, Position> valuePositions = new HashMap<>();
        KEYS.stream().filter(fields::has).forEach(key -> valuePositions.put(key, fields.valuePosition(key)));
        if (seed != null) {
            valuePositions.put(MergeConfig.RANDOM_SEED, seed);
        }
        return new MergeConfig(
                fields.position(),
                valuePositions,
                name,
                mergeMethod,
                baseModel,
                sources,
                parameters,
                dtype,
                outDtype,
                tokenizer,
                chatTemplate);
    }

    private @Nullable String name(Fields fields) {
        String name = fields.text("name", "name: first-stage");
        if (name == null) {
            return null;
        }
        Position position = fields.valuePosition("name");
        if (name.isBlank() || name.contains("@") || name.contains("+")) {
            problems.add(position,
                    "the name '" + Quoting.shortened(name) + "' cannot be used as a model. Write a name without '@' and"
                            + " '+', for example 'name: first-stage'.");
        }
        Position earlier = names.putIfAbsent(name, position);
        if (earlier != null) {
            problems.add(position,
                    "a second document named '" + Quoting.shortened(name) + "', first at " + earlier.withinFile()
                            + ". Give each its own name.");
        }
        return name;
    }

    private @Nullable DType dtype(Fields fields, String key) {
        String text = fields.text(key, key + ": bfloat16");
        if (text == null) {
            return null;
        }
        String name = text.startsWith(TORCH_PREFIX) ? text.substring(TORCH_PREFIX.length()) : text;
        DType dtype = DType.ofTorchName(name).filter(DType::isMergeable).orElse(null);
        if (dtype == null) {
            problems.addApart(fields.valuePosition(key),
                    "unknown '" + key + "' '" + Quoting.shortened(text) + "'. Known are: "
                            + String.join(", ", DTYPES) + ".");
        }
        return dtype;
    }
}
