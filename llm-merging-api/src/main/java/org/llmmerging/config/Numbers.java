package org.llmmerging.config;

import java.util.Optional;
import java.util.ServiceLoader;
import org.llmmerging.MergeMethod;
import org.llmmerging.ParameterSpec;
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
        boolean isSwitch = isSwitch(key);
        problems.addApart(node.position(), "'" + key + "' must be " + (isSwitch ? "true or false" : "a number")
                + ", not " + node.describe() + ". Write for example '" + key + ": " + (isSwitch ? "true" : "0.5")
                + "'.");
        return Optional.empty();
    }

    /** Whether the kit's own methods take a parameter of this name for a switch. */
    private static boolean isSwitch(String parameter) {
        return ServiceLoader.load(MergeMethod.class, MergeMethod.class.getClassLoader()).stream()
                .flatMap(builtIn -> builtIn.get().parameters().stream())
                .anyMatch(spec -> spec.name().equals(parameter) && spec.type() == ParameterSpec.Type.BOOLEAN);
    }
}
