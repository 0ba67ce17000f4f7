package org.llmmerging.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.KitConfig.Architecture;
import org.llmmerging.config.YamlNode.Entry;
import org.llmmerging.config.YamlNode.Scalar;
import org.llmmerging.config.YamlNode.Sequence;

/** Reads one kit configuration, collecting all problems. */
final class KitConfigReader {
    private static final String LAMBDAS = "parameter_lambdas";
    private static final String TRAINING_DATA = "training_data";
    private static final List<String> KEYS = List.of(
            "list_models",
            "base_model_name",
            "base_model_revision_id",
            "is_peft",
            "max_seq_len",
            "max_gen_len",
            "architecture",
            LAMBDAS,
            "merge_method",
            TRAINING_DATA,
            "parameters");
    private static final String MODELS_EXAMPLE = "list_models: [[models/first, null], [models/second, null]]";
    private static final String LAMBDAS_EXAMPLE = "parameter_lambdas: [0.5, 0.5]";
    private static final String TRAINING_EXAMPLE = "training_data: [data/train/first.csv, data/train/second.csv]";
    private static final String PARAMETERS_EXAMPLE = "parameters: {density: 0.5, seed: 7}";

    private final Path file;
    private final Problems problems = new Problems();

    KitConfigReader(Path file) {
        this.file = file;
    }

    KitDocument read() {
        Fields fields = fields();
        Boolean flag = fields.flag("is_peft");
        boolean isPeft = Boolean.TRUE.equals(flag);
        Map<ModelReference, Position> places = new LinkedHashMap<>();
        List<ModelReference> models = fields.items("list_models", MODELS_EXAMPLE, item -> model(item, isPeft, places));
        // A wrong one still counts, or the number of lambdas would be reported as wrong as well.
        int modelCount = fields.list("list_models", MODELS_EXAMPLE).size();
        ModelReference base = base(fields, isPeft);
        if (flag == null && fields.has("is_peft") || isPeft && base == null) {
            models.clear(); // what kind of models they are is not known
        }
        Architecture architecture = architecture(fields);
        Optional<List<Double>> lambdas = lambdas(fields, modelCount);
        Optional<List<String>> trainingData = trainingData(fields);
        Set<String> unreadable = new HashSet<>();
        if (lambdas.isEmpty()) {
            unreadable.add(LAMBDAS);
        }
        if (trainingData.isEmpty()) {
            unreadable.add(TRAINING_DATA);
        }
        Map<String, KitParameter> parameters = new LinkedHashMap<>();
        long seed = parameters(fields, parameters);
        KitConfig config = new KitConfig(
                file,
                models,
                base,
                isPeft,
                fields.count("max_seq_len", 1),
                fields.count("max_gen_len", 1),
                architecture,
                lambdas.orElse(List.of()),
                fields.text("merge_method", "merge_method: ties"),
                parameters,
                trainingData.orElse(List.of()),
                seed,
                positions(fields, places, unreadable));
        return new KitDocument(config, problems);
    }

    private static KitPositions positions(
            Fields fields, Map<ModelReference, Position> models, Set<String> unreadable) {
        Map<String, Position> byKey = new LinkedHashMap<>();
        KEYS.stream().filter(fields::has).forEach(key -> byKey.put(key, fields.valuePosition(key)));
        Map<String, Position> byParameter = new LinkedHashMap<>();
        fields.entries("parameters", PARAMETERS_EXAMPLE).forEach(
                (name, entry) -> byParameter.put(name, entry.value().position()));
        return new KitPositions(fields.position(), byKey, byParameter, models, unreadable);
    }

    /** Everything in it would be an unknown key. */
    private void refuseMergeConfig(YamlNode document) {
        if (document instanceof YamlNode.Mapping mapping && !mapping.entries().containsKey("list_models")) {
            for (String key : List.of("models", "slices", "modules")) {
                YamlNode.Entry entry = mapping.entries().get(key);
                if (entry != null) {
                    throw problems.fatal(entry.keyPosition(),
                            "'" + key + "' is a key of a mergekit configuration, not of"
                                    + " the kit's. Merge it with './main merge FILE OUT_DIR'.",
                            null);
                }
            }
        }
    }

    private Fields fields() {
        List<YamlNode> documents = YamlReader.read(file, problems);
        if (documents.isEmpty()) {
            String problem = "is empty. Give it at least list_models and architecture.";
            throw problems.fatal(Position.of(file), problem, null);
        }
        if (documents.size() > 1) {
            Position second = documents.get(1).position();
            problems.add(second, "a second document. A kit configuration is one; remove the '---'.");
        }
        refuseMergeConfig(documents.getFirst());
        Fields fields = Fields.of(documents.getFirst(), "a kit configuration", problems, KEYS);
        if (fields == null) {
            throw problems.exception(null);
        }
        return fields;
    }

    private @Nullable ModelReference model(YamlNode item, boolean isPeft, Map<ModelReference, Position> places) {
        ModelReference model = model(item);
        if (model != null) {
            places.putIfAbsent(model, item.position());
            if (isPeft && model.adapter() != null) {
                problems.add(item.position(), "'" + model + "' is a model with an adapter, and with is_peft the listed"
                        + " models are adapters on base_model_name. Name the adapter alone, or set is_peft: false.");
            }
        }
        return model;
    }

    private @Nullable ModelReference model(YamlNode node) {
        if (node instanceof Scalar scalar && !node.isNull()) {
            return ModelReferences.read(scalar, problems);
        }
        if (node instanceof Sequence(Position position, List<YamlNode> items)
                && items.size() == 2
                && items.get(0) instanceof Scalar name
                && items.get(1) instanceof Scalar revision) {
            if (name.isNull() || name.text().isBlank()) {
                problems.add(name.position(), "a model without a name. Write [models/first, null].");
                return null;
            }
            return new ModelReference(name.text(), textOrNull(revision), null);
        }
        problems.add(node.position(), "a model must be a pair [name, revision], not " + node.describe()
                + ". Write for example [models/first, null].");
        return null;
    }

    private static @Nullable String textOrNull(Scalar scalar) {
        return scalar.isNull() || scalar.text().isBlank() ? null : scalar.text();
    }

    private @Nullable ModelReference base(Fields fields, boolean isPeft) {
        String name = fields.text("base_model_name", "base_model_name: models/base");
        String revision = fields.text("base_model_revision_id", "base_model_revision_id: main");
        String usedRevision = revision == null || revision.isBlank() ? null : revision;
        if (name != null && !name.isBlank()) {
            return new ModelReference(name, usedRevision, null);
        }
        if (isPeft) {
            problems.add(fields.position("base_model_name"), "missing 'base_model_name', which is_peft needs: adapters"
                    + " are applied to a base. Name it, or set is_peft: false.");
        } else if (usedRevision != null) {
            problems.add(fields.position("base_model_revision_id"), "'base_model_revision_id' without"
                    + " 'base_model_name'. Name the base model or remove the revision.");
        }
        return null;
    }

    private Architecture architecture(Fields fields) {
        YamlNode node = fields.required("architecture", "architecture: decoder");
        List<String> names = new ArrayList<>();
        for (Architecture architecture : Architecture.values()) {
            String name = architecture.name().toLowerCase(Locale.ROOT);
            if (node instanceof Scalar scalar && scalar.text().equals(name)) {
                return architecture;
            }
            names.add(name);
        }
        if (node instanceof Scalar scalar) {
            problems.addApart(node.position(), "unknown 'architecture' '" + Quoting.shortened(scalar.text()) + "'. "
                    + DidYouMean.remedy(scalar.text(), names));
        } else if (node != null) {
            fields.wrong("architecture", node, "text", "architecture: decoder");
        }
        return Architecture.DECODER;
    }

    /** Nothing when they could not be read. */
    private Optional<List<Double>> lambdas(Fields fields, int modelCount) {
        YamlNode node = fields.node(LAMBDAS);
        if (node != null && !(node instanceof Sequence)) {
            problems.addWithin(
                    LAMBDAS, node.position(), Fields.ofWrongType(LAMBDAS, node, "a list", LAMBDAS_EXAMPLE));
            return Optional.empty();
        }
        List<YamlNode> items = fields.list(LAMBDAS, LAMBDAS_EXAMPLE);
        Optional<List<Double>> lambdas = numbers(LAMBDAS, items, LAMBDAS);
        // A single number may be slerp's: whether the method takes one is not known here.
        if (items.size() > 1 && items.size() != modelCount) {
            problems.addWithin(LAMBDAS, fields.valuePosition(LAMBDAS), "'parameter_lambdas' has " + items.size()
                    + " numbers for " + modelCount + " models. Give one for each model, in the order of list_models.");
        }
        return lambdas;
    }

    /** Nothing when it could not be read. */
    private Optional<List<String>> trainingData(Fields fields) {
        YamlNode node = fields.node(TRAINING_DATA);
        List<YamlNode> items = fields.list(TRAINING_DATA, TRAINING_EXAMPLE);
        List<String> files = new ArrayList<>();
        for (YamlNode item : items) {
            if (item instanceof Scalar scalar && !scalar.isNull() && !scalar.text().isBlank()) {
                files.add(scalar.text());
            } else {
                problems.add(item.position(), "a file of training data must be text, not " + item.describe()
                        + ". Write for example '" + TRAINING_EXAMPLE + "'.");
            }
        }
        boolean isRead = node == null || node instanceof Sequence && files.size() == items.size();
        return isRead ? Optional.of(files) : Optional.empty();
    }

    private long parameters(Fields fields, Map<String, KitParameter> parameters) {
        long seed = KitConfig.DEFAULT_SEED;
        for (Map.Entry<String, Entry> parameter : fields.entries("parameters", PARAMETERS_EXAMPLE).entrySet()) {
            String name = parameter.getKey();
            String path = "parameters." + name;
            YamlNode node = parameter.getValue().value();
            if (name.equals("seed")) {
                seed = seed(node);
            } else if (node instanceof Sequence sequence) {
                parameters.put(name, numbers(path, sequence.items(), Quoting.shortened(name))
                        .<KitParameter>map(KitParameter.PerModel::new)
                        .orElseGet(() -> new KitParameter.Unreadable(true)));
            } else {
                Boolean flag = node instanceof Scalar scalar ? scalar.asBoolean() : null;
                parameters.put(name, flag == null
                        ? Numbers.readSetting(path, node, Quoting.shortened(name), problems)
                                .<KitParameter>map(KitParameter.Number::new)
                                .orElseGet(() -> new KitParameter.Unreadable(false))
                        : new KitParameter.Flag(flag));
            }
        }
        return seed;
    }

    private long seed(YamlNode node) {
        try {
            if (node instanceof Scalar scalar && scalar.plain()) {
                return Long.parseLong(scalar.text());
            }
        } catch (NumberFormatException e) {
            // Reported below like every other value that is no whole number.
        }
        problems.addApart(node.position(), "'seed' must be a whole number of at most 64 bits, not " + node.describe()
                + ". Write for example 'seed: 42'.");
        return KitConfig.DEFAULT_SEED;
    }

    /** The numbers; nothing, and a problem for each that is none, unless all are. */
    private Optional<List<Double>> numbers(String path, List<YamlNode> nodes, String key) {
        List<Double> numbers = new ArrayList<>();
        for (YamlNode node : nodes) {
            Numbers.read(path, node, key, problems).ifPresent(numbers::add);
        }
        return numbers.size() == nodes.size() ? Optional.of(numbers) : Optional.empty();
    }
}
