package org.llmmerging.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;
import org.llmmerging.config.Quoting;

/**
 * Reads {@code adapter_config.json} as PEFT writes it. Keys that do not change what the merged weights are, such as
 * dropout, are ignored; one that changes them in a way not supported here is refused.
 */
final class LoraConfigReader {
    // These initialisations subtract from the base weights, so that the factors alone do not give the merged ones.
    private static final List<String> CHANGES_BASE = List.of("pissa", "olora", "corda", "loftq", "lora_ga");
    private static final List<String> UNSUPPORTED = List.of("layer_replication", "lora_bias", "target_parameters",
            "use_qalora", "use_bdlora", "alora_invocation_tokens", "trainable_token_indices", "arrow_config",
            "monteclora_config", "velora_config", "kasa_config");

    private final Path file;
    private final List<String> problems = new ArrayList<>();

    private LoraConfigReader(Path file) {
        this.file = file;
    }

    /** @throws CheckpointException naming what in the file is wrong or not supported */
    static LoraConfig read(Path file) {
        return new LoraConfigReader(file).config(JsonFile.read(file, "Download it again"));
    }

    private LoraConfig config(JsonNode json) {
        checkSupported(json);
        LoraConfig config = new LoraConfig(
                json.path("base_model_name_or_path").asText(""),
                rank("r", json.path("r")),
                alpha("lora_alpha", json.path("lora_alpha")),
                patterns(json, "rank_pattern", value -> rank("rank_pattern", value)),
                patterns(json, "alpha_pattern", value -> alpha("alpha_pattern", value)),
                flag(json, "use_rslora"),
                flag(json, "use_dora"),
                flag(json, "fan_in_fan_out"),
                names(json, "modules_to_save"),
                savesBiases(json.path("bias")),
                flag(json, "ensure_weight_tying"));
        if (!problems.isEmpty()) {
            throw new CheckpointException(file, Quoting.problems(problems));
        }
        return config;
    }

    private void checkSupported(JsonNode json) {
        String type = json.path("peft_type").asText("");
        if (!type.equals("LORA")) {
            problems.add("peft_type is " + Quoting.quoted(type) + ", only LORA adapters can be applied");
        }
        String initialisation = json.path("init_lora_weights").asText("");
        // PEFT takes OLoRA as well as olora.
        if (CHANGES_BASE.stream().anyMatch(initialisation.toLowerCase(Locale.ROOT)::startsWith)) {
            problems.add("init_lora_weights is " + Quoting.quoted(initialisation) + ", which also changes the base."
                    + " Convert it with PEFT's path_initial_model_for_weight_conversion");
        }
        for (String key : UNSUPPORTED) {
            JsonNode value = json.path(key);
            boolean isSet = value.isContainerNode() ? !value.isEmpty() : value.asBoolean(value.isTextual());
            if (isSet) {
                problems.add(key + " is not supported. Merge the adapter with PEFT first");
            }
        }
    }

    private boolean savesBiases(JsonNode bias) {
        String value = bias.isMissingNode() || bias.isNull() ? "none" : bias.asText("");
        if (!List.of("none", "all", "lora_only").contains(value)) {
            problems.add("bias is " + Quoting.quoted(value) + ", expected none, all or lora_only");
        }
        return !value.equals("none");
    }

    private int rank(String key, JsonNode value) {
        if (value.canConvertToInt() && value.isIntegralNumber() && value.intValue() >= 1) {
            return value.intValue();
        }
        problems.add(key + " is " + shown(value) + ", expected a rank of 1 or more");
        return 1;
    }

    private double alpha(String key, JsonNode value) {
        if (value.isNumber() && Double.isFinite(value.doubleValue())) {
            return value.doubleValue();
        }
        problems.add(key + " is " + shown(value) + ", expected a number");
        return 1;
    }

    private boolean flag(JsonNode json, String key) {
        JsonNode value = json.path(key);
        if (json.hasNonNull(key) && !value.isBoolean()) {
            problems.add(key + " is " + shown(value) + ", expected true or false");
        }
        return value.asBoolean(false);
    }

    private List<String> names(JsonNode json, String key) {
        List<String> names = new ArrayList<>();
        JsonNode list = json.path(key);
        if (json.hasNonNull(key) && !list.isArray()) {
            problems.add(key + " is " + shown(list) + ", expected a list of names");
        }
        for (JsonNode name : list) {
            if (!name.isTextual() || name.asText().isEmpty()) {
                problems.add(key + " has " + shown(name) + ", expected the name of a module");
            }
            names.add(name.asText(""));
        }
        return names;
    }

    private <T> Map<ModulePattern, T> patterns(JsonNode json, String key, Function<JsonNode, T> value) {
        JsonNode given = json.path(key);
        if (json.hasNonNull(key) && !given.isObject()) {
            problems.add(key + " is " + shown(given) + ", expected an object");
        }
        Map<ModulePattern, T> patterns = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : given.properties()) {
            try {
                patterns.put(new ModulePattern(file, entry.getKey()), value.apply(entry.getValue()));
            } catch (PatternSyntaxException e) {
                problems.add(key + " has " + Quoting.quoted(entry.getKey())
                        + ", which is no regular expression, or one that only Python knows."
                        + " Write the names of the modules instead");
            }
        }
        return patterns;
    }

    private static String shown(JsonNode value) {
        return value.isMissingNode() ? "missing" : Quoting.shortened(value.toString());
    }
}
