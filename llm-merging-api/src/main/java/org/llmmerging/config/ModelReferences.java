package org.llmmerging.config;

import org.jspecify.annotations.Nullable;
import org.llmmerging.config.YamlNode.Scalar;

/** Reads {@link ModelReference}s out of a tree. */
final class ModelReferences {
    private ModelReferences() {}

    /** The reference, or null and a problem when the node is none. */
    static @Nullable ModelReference read(YamlNode node, Problems problems) {
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
}
