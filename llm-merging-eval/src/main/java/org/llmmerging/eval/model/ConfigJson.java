package org.llmmerging.eval.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.JsonFile;

/** A JSON object with typed access; every failure names the file and the key. A key with a null counts as absent. */
final class ConfigJson {
    private static final int LONGEST_VALUE = 60;

    private final Path file;
    private final String prefix;
    private final JsonNode node;

    private ConfigJson(Path file, String prefix, JsonNode node) {
        this.file = file;
        this.prefix = prefix;
        this.node = node;
    }

    static ConfigJson read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(
                    file, "no such file. A model folder in Hugging Face layout has one; copy it from the base model");
        }
        return new ConfigJson(file, "", JsonFile.read(file, "Copy the file from the base model again"));
    }

    Path file() {
        return file;
    }

    boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** Whether the key is there with a null. */
    boolean isNull(String key) {
        return node.has(key) && node.get(key).isNull();
    }

    /** An object below this one, if there is one that is not empty. */
    Optional<ConfigJson> child(String key) {
        return has(key) && !node.get(key).equals(JsonNodeFactory.instance.objectNode())
                ? Optional.of(new ConfigJson(file, prefix + key + ".", value(key, JsonNode::isObject, "an object")))
                : Optional.empty();
    }

    /** The objects below this one that are not empty. */
    List<ConfigJson> children() {
        return node.propertyStream()
                .filter(property -> property.getValue().isObject())
                .flatMap(property -> child(property.getKey()).stream())
                .toList();
    }

    String text(String key, String defaultValue) {
        return has(key) ? value(key, JsonNode::isTextual, "a string").textValue() : defaultValue;
    }

    boolean flag(String key, boolean defaultValue) {
        return has(key) ? value(key, JsonNode::isBoolean, "true or false").booleanValue() : defaultValue;
    }

    double number(String key, double defaultValue) {
        return has(key) ? value(key, JsonNode::isNumber, "a number").doubleValue() : defaultValue;
    }

    /** A finite number above 0. */
    double positive(String key, double defaultValue) {
        return has(key)
                ? value(key, n -> isFinite(n) && n.doubleValue() > 0, "a number above 0").doubleValue()
                : defaultValue;
    }

    /** @throws CheckpointException when it is absent too */
    double positive(String key) {
        if (!has(key)) {
            throw failure(key, "is missing. Copy the file from the base model again");
        }
        return positive(key, 1);
    }

    /** A finite number of at least 0. */
    double notNegative(String key, double defaultValue) {
        return has(key)
                ? value(key, n -> isFinite(n) && n.doubleValue() >= 0, "a number of at least 0").doubleValue()
                : defaultValue;
    }

    /** Checks that the product of two counts fits 32 bits, as the width of all heads must. */
    void requireProduct(String key, int value, String otherKey, int otherValue) {
        if ((long) value * otherValue > Integer.MAX_VALUE) {
            throw failure(
                    key,
                    "is " + value + " and " + otherKey + " " + otherValue + ": no model is as wide. Correct the file");
        }
    }

    /** A number of things, at least 1. */
    int count(String key, int defaultValue) {
        if (!has(key)) {
            return defaultValue;
        }
        return value(key, n -> n.canConvertToInt() && n.isIntegralNumber() && n.intValue() > 0,
                "a whole number above 0")
                .intValue();
    }

    /** A token id, at least 0 and below the size of the vocabulary. */
    int tokenId(String key, int defaultValue, int vocabulary) {
        if (!has(key)) {
            return defaultValue;
        }
        int id = value(key, n -> n.canConvertToInt() && n.isIntegralNumber() && n.intValue() >= 0, "a token id")
                .intValue();
        if (id >= vocabulary) {
            throw failure(
                    key,
                    "is " + id + ", the model's vocabulary has ids 0 to " + (vocabulary - 1) + ". Correct the file");
        }
        return id;
    }

    /** The elements of an array of strings, if there is one. */
    Optional<String[]> texts(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        JsonNode array = value(key, JsonNode::isArray, "a list");
        String[] texts = new String[array.size()];
        for (int i = 0; i < texts.length; i++) {
            if (!array.get(i).isTextual()) {
                throw failure(key, "has " + array.get(i) + " where a string is expected. Correct the file");
            }
            texts[i] = array.get(i).textValue();
        }
        return Optional.of(texts);
    }

    /**
     * Checks that a key changes nothing where what it asks for is not implemented. It does when it is absent, or an
     * empty list or object.
     *
     * @param neutral the number that changes nothing either, or null when every number does
     * @param problem why it cannot stay, from "which" on
     */
    void requireNeutral(String key, @Nullable Integer neutral, String problem) {
        JsonNode value = node.path(key);
        boolean isEmpty = value.isContainerNode() && value.isEmpty();
        boolean isNeutral = neutral != null && value.isNumber() && value.doubleValue() == neutral;
        if (has(key) && !isEmpty && !isNeutral) {
            String text = value.toString();
            throw failure(
                    key,
                    "is " + (text.length() > LONGEST_VALUE ? text.substring(0, LONGEST_VALUE) + "…" : text) + ", "
                            + problem + ". Remove it" + (neutral == null ? "" : " or set it to " + neutral));
        }
    }

    CheckpointException failure(String key, String problem) {
        return new CheckpointException(file, prefix + key + " " + problem);
    }

    private static boolean isFinite(JsonNode value) {
        return value.isNumber() && Double.isFinite(value.doubleValue());
    }

    private JsonNode value(String key, Predicate<JsonNode> isValid, String expected) {
        JsonNode value = node.get(key);
        if (!isValid.test(value)) {
            // As text, for a NaN is in quotes otherwise, as if it were a string.
            String found = value.isNumber() ? value.asText() : value.toString();
            throw failure(key, "is " + found + " where " + expected + " is expected. Correct the file");
        }
        return value;
    }
}
