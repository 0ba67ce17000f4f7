package org.llmmerging.config;

import java.util.Map;
import java.util.Set;

/**
 * Where the values of a kit configuration stand, for messages about them, and which have no place in it. Immutable.
 *
 * @param document where the configuration begins, which stands for everything without a place of its own
 * @param byKey the values of the configuration's keys
 * @param byParameter the values under {@code parameters}
 * @param byModel the items of {@code list_models}
 * @param unreadable the keys whose values could not be read, which the reader has reported, and are absent
 */
public record KitPositions(
        Position document,
        Map<String, Position> byKey,
        Map<String, Position> byParameter,
        Map<ModelReference, Position> byModel,
        Set<String> unreadable) {

    /** Copies the maps. */
    public KitPositions {
        byKey = Map.copyOf(byKey);
        byParameter = Map.copyOf(byParameter);
        byModel = Map.copyOf(byModel);
        unreadable = Set.copyOf(unreadable);
    }

    /** Where the value of a key stands, such as {@code parameter_lambdas}. */
    public Position of(String key) {
        return byKey.getOrDefault(key, document);
    }

    /** Where the value of a parameter stands. */
    public Position ofParameter(String name) {
        return byParameter.getOrDefault(name, of("parameters"));
    }

    /** Where a model stands in the list. */
    public Position of(ModelReference model) {
        return byModel.getOrDefault(model, of("list_models"));
    }
}
