package org.llmmerging.eval.train.starter;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.tensor.Shape;

/**
 * A LoRA adapter (arXiv 2106.09685) in the layout of PEFT: the adapted weight is W + (alpha / rank) · B · A.
 *
 * @param skill what it has learned
 * @param targetModules last parts of the names of the layers it adapts
 */
record StarterAdapter(Skill skill, int rank, int alpha, List<String> targetModules) {
    private static final String PREFIX = "base_model.model.";
    private static final String SUFFIX = ".weight";

    /** Name of the factor A of a weight. */
    static String downName(String weight) {
        return PREFIX + module(weight) + ".lora_A.weight";
    }

    /** Name of the factor B of a weight. */
    static String upName(String weight) {
        return PREFIX + module(weight) + ".lora_B.weight";
    }

    private static String module(String weight) {
        return weight.substring(0, weight.length() - SUFFIX.length());
    }

    /** What the product of the factors is multiplied by. */
    double scale() {
        return (double) alpha / rank;
    }

    /**
     * Contents of {@code adapter_config.json}.
     *
     * @param base folder of the base model, as a user of the adapter would name it
     */
    ObjectNode config(String base) {
        ObjectNode config = JsonFile.object();
        config.putObject("alpha_pattern");
        config.putNull("auto_mapping");
        config.put("base_model_name_or_path", base);
        config.put("bias", "none");
        config.put("fan_in_fan_out", false);
        config.put("inference_mode", true);
        config.put("init_lora_weights", true);
        config.putNull("layers_pattern");
        config.putNull("layers_to_transform");
        config.put("lora_alpha", alpha);
        config.put("lora_dropout", 0.0);
        config.putNull("modules_to_save");
        config.put("peft_type", "LORA");
        config.put("r", rank);
        config.putObject("rank_pattern");
        config.putNull("revision");
        ArrayNode targets = config.putArray("target_modules");
        targetModules.forEach(targets::add);
        config.put("task_type", "CAUSAL_LM");
        config.put("use_dora", false);
        config.put("use_rslora", false);
        return config;
    }

    /**
     * The factors A, {@code [rank, inputs]}, and B, {@code [outputs, rank]}, of every adapted layer; B is 0 at first.
     */
    List<InitialWeight> weights(StarterArchitecture architecture) {
        List<InitialWeight> factors = new ArrayList<>();
        for (InitialWeight weight : architecture.weights()) {
            String module = module(weight.name());
            if (targetModules.contains(module.substring(module.lastIndexOf('.') + 1))) {
                Shape shape = weight.shape();
                long inputs = shape.dimension(1);
                factors.add(InitialWeight.matrix(
                        downName(weight.name()), rank, inputs, 1 / Math.sqrt(inputs)));
                factors.add(InitialWeight.matrix(
                        upName(weight.name()), shape.dimension(0), rank, 0));
            }
        }
        factors.sort(Comparator.comparing(InitialWeight::name));
        return factors;
    }
}
