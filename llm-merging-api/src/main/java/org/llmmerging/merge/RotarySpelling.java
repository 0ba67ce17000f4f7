package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Repeats what {@code rope_parameters} says of rotary positions in the spelling of transformers 4, which ignores that
 * key silently. Where version 5 reads both, {@code rope_scaling} takes precedence: it is written only for
 * types of models whose classes look for the rest beside it, and nothing is where the file contradicts itself.
 */
final class RotarySpelling {
    private static final String PARAMETERS = "rope_parameters";
    private static final String SCALING = "rope_scaling";
    private static final String THETA = "rope_theta";
    private static final String PARTIAL = "partial_rotary_factor";
    private static final String ORIGINAL_LENGTH = "original_max_position_embeddings";

    private static final String NEOX = "gpt_neox";
    private static final String GEMMA3 = "gemma3_text";
    private static final String PHI3 = "phi3";
    /** Types of models whose scaled positions both versions read from {@code rope_scaling} and what is beside it. */
    private static final Set<String> SCALED = Set.of("llama", "mistral", "mixtral", "qwen2", NEOX, GEMMA3);

    private final ObjectNode section;
    private final String type;
    private final Map<String, JsonNode> said = new TreeMap<>();

    private RotarySpelling(ObjectNode section) {
        this.section = section;
        this.type = section.path("model_type").asText();
    }

    /** @param section what is said of a language model, to which the other spelling is added */
    static void repeat(ObjectNode section) {
        if (section.get(PARAMETERS) instanceof ObjectNode parameters && !section.hasNonNull(SCALING)) {
            new RotarySpelling(section).sayAll(parameters);
        }
    }

    private void sayAll(ObjectNode parameters) {
        boolean isSaid = parameters.valueStream().noneMatch(JsonNode::isObject)
                // Of Gemma 3, what is not said by kind of layer is read otherwise by each version.
                ? !type.equals(GEMMA3) && say(parameters, type.equals(NEOX) ? "rotary_emb_base" : THETA)
                : type.equals(GEMMA3)
                        && parameters.get("full_attention") instanceof ObjectNode full
                        && parameters.get("sliding_attention") instanceof ObjectNode sliding
                        && !isScaled(sliding)
                        && !full.hasNonNull(PARTIAL)
                        && !sliding.hasNonNull(PARTIAL)
                        && say(full, THETA)
                        && say(sliding, "rope_local_base_freq");
        if (isSaid
                && said.entrySet().stream().allMatch(entry -> agree(section.get(entry.getKey()), entry.getValue()))) {
            section.setAll(said);
        }
    }

    /** @return whether transformers 4 has words for it */
    private boolean say(ObjectNode parameters, String theta) {
        copy(parameters.get(THETA), theta);
        copy(parameters.get(PARTIAL), type.equals(NEOX) ? "rotary_pct" : PARTIAL);
        if (!isScaled(parameters)) {
            return true;
        }
        ObjectNode scaling = parameters.deepCopy().remove(List.of(THETA, PARTIAL));
        said.put(SCALING, scaling);
        return SCALED.contains(type) || type.equals(PHI3) && sayAsPhi3(scaling);
    }

    private void copy(@Nullable JsonNode value, String key) {
        if (value != null && !value.isNull()) {
            said.put(key, value);
        }
    }

    /** Phi-3's class of version 4 wants these three keys and no other, and the length beside them. */
    private boolean sayAsPhi3(ObjectNode scaling) {
        JsonNode length = scaling.remove(ORIGINAL_LENGTH);
        scaling.set("type", scaling.remove("rope_type"));
        return section.hasNonNull(ORIGINAL_LENGTH)
                && agree(section.get(ORIGINAL_LENGTH), length)
                && scaling.path("type").asText().equals("longrope")
                && scaling.size() == 3
                && scaling.has("short_factor")
                && scaling.has("long_factor");
    }

    private static boolean isScaled(ObjectNode parameters) {
        return !parameters.path("rope_type").asText("default").equals("default");
    }

    private static boolean agree(@Nullable JsonNode beside, @Nullable JsonNode within) {
        return beside == null || beside.isNull() || within == null || beside.asDouble() == within.asDouble();
    }
}
