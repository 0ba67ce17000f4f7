package org.llmmerging.config;

import java.util.Optional;
import org.llmmerging.config.YamlNode.Scalar;

/** Reads finite numbers. What is none is a problem apart. */
final class Numbers {
    private Numbers() {}

    /**
     * The number, or nothing and a problem when the node is no finite number. Quoted numbers are accepted.
     *
     * @param path see {@link Problems#addWithin}
     * @param key as messages show it
     */
    static Optional<Double> read(String path, YamlNode node, String key, Problems problems) {
        return read(path, node, key, problems, "must be a number, not ", "Write for example '" + key + ": 0.5'.");
    }

    /** As {@link #read}, of what may be a switch instead and is none: the problem says so of a word. */
    static Optional<Double> readSetting(String path, YamlNode node, String key, Problems problems) {
        boolean isWord = node instanceof Scalar scalar && scalar.text().matches("\\p{Alpha}+");
        return isWord
                ? read(path, node, key, problems,
                        "must be a number, or true or false where it is a switch, not ",
                        "Write one of them.")
                : read(path, node, key, problems);
    }

    private static Optional<Double> read(
            String path, YamlNode node, String key, Problems problems, String mustBe, String remedy) {
        if (node instanceof Scalar scalar) {
            if (scalar.isNotFinite()) {
                problems.addWithin(path, node.position(), "'" + key + "' must be finite, not " + node.describe()
                        + ". Write a finite number.");
                return Optional.empty();
            }
            Double number = scalar.asNumber();
            if (number != null) {
                return Optional.of(number);
            }
        }
        problems.addWithin(path, node.position(), "'" + key + "' " + mustBe + node.describe() + ". " + remedy);
        return Optional.empty();
    }
}
