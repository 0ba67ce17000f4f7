package org.llmmerging.config;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.YamlNode.Mapping;
import org.llmmerging.config.YamlNode.Scalar;

/** Reads {@link ModelReference}s out of a tree: as text, or as the mapping that mergekit writes for unusual paths. */
final class ModelReferences {
    private static final String MODEL = "model";
    private static final String ADAPTER = "lora";
    private static final String ARCHITECTURE = "override_architecture";
    private static final String EXAMPLE = "{model: {path: path/to/model, revision: main}}";

    private ModelReferences() {}

    /** Whether the node is the mapping form, rather than another mapping with a model in it. */
    static boolean isMapping(YamlNode node) {
        return node instanceof Mapping outer
                && outer.entries().get(MODEL) instanceof YamlNode.Entry entry
                && entry.value() instanceof Mapping
                && !outer.entries().containsKey("kind");
    }

    /** The reference; null where there is no node, null and a problem when the node is none. */
    static @Nullable ModelReference read(@Nullable YamlNode node, Problems problems) {
        if (node == null) {
            return null;
        }
        if (node instanceof Mapping mapping) {
            return read(mapping, problems);
        }
        if (!(node instanceof Scalar scalar) || node.isNull()) {
            problems.add(node.position(), "a model must be text, not " + node.describe()
                    + ". Write path@revision or path@revision+lora@revision.");
            return null;
        }
        try {
            return ModelReference.parse(scalar.text());
        } catch (IllegalArgumentException e) {
            problems.add(node.position(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static @Nullable ModelReference read(Mapping mapping, Problems problems) {
        Fields fields = new Fields(mapping, "a model", problems, List.of(MODEL, ADAPTER, ARCHITECTURE));
        if (fields.has(ARCHITECTURE)) {
            problems.addApart(fields.position(ARCHITECTURE), "'" + ARCHITECTURE + "' is not supported. Remove it.");
        }
        YamlNode model = fields.required(MODEL, EXAMPLE);
        YamlNode adapter = fields.node(ADAPTER);
        ModelReference read = adapter == null ? null : part(adapter, ADAPTER, null, problems);
        return model == null || (adapter != null && read == null) ? null : part(model, MODEL, read, problems);
    }

    private static @Nullable ModelReference part(
            YamlNode node, String key, @Nullable ModelReference adapter, Problems problems) {
        Fields fields = Fields.of(node, "'" + key + "' of a model", problems, List.of("path", "revision"));
        if (fields == null) {
            return null;
        }
        fields.required("path", "path: path/to/model");
        String path = fields.text("path", "path: path/to/model");
        String revision = fields.text("revision", "revision: main");
        if (path == null) {
            return null;
        }
        if (path.isBlank() || (revision != null && revision.isBlank())) {
            problems.add(fields.position(), "a model with an empty path or revision. Write for example '" + EXAMPLE
                    + "'.");
            return null;
        }
        return new ModelReference(path, revision, adapter);
    }
}
