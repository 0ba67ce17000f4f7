package org.llmmerging.eval.train.dam.data;

import java.util.Locale;
import java.util.Optional;

/** Which logits a combined data set keeps of the models. */
public enum StoredLogits {
    /** None: training runs the models itself. */
    NONE,
    /** The largest few of each position, with the tokens they belong to. */
    TOP_K,
    /** Those of the whole vocabulary. */
    FULL;

    /** How {@code dataset.json} writes it. */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<StoredLogits> ofKey(String key) {
        for (StoredLogits each : values()) {
            if (each.key().equals(key)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
