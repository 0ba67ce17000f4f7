package org.llmmerging.config;

import java.util.Optional;
import org.llmmerging.config.YamlNode.Scalar;

/** Reads finite numbers. What is none is a problem apart. */
final class Numbers {
    private Numbers() {}

    /** The number, or nothing and a problem when the node is no finite number. Quoted numbers are accepted. */
    static Optional<Double> read(YamlNode node, String key, Problems problems) {
        if (node instanceof Scalar scalar) {
            if (scalar.isNotFinite()) {
                problems.addApart(node.position(), "'" + key + "' must be finite, not " + node.describe()
                        + ". Write a finite number.");
                return Optional.empty();
            }
            Double number = scalar.asNumber();
            if (number != null) {
                return Optional.of(number);
            }
        }
        problems.addApart(node.position(), "'" + key + "' must be a number, not " + node.describe()
                + ". Write for example '" + key + ": 0.5'.");
        return Optional.empty();
    }
}
