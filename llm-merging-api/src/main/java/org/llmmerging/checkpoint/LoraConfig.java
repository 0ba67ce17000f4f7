package org.llmmerging.checkpoint;

import java.util.List;
import java.util.Map;

/**
 * What {@code adapter_config.json} says about how an adapter's factors are applied.
 *
 * @param baseModel name of the model the adapter was trained on, empty when not given; for messages
 * @param rank the rank of modules that no pattern matches
 * @param alpha numerator of the scaling for modules that no pattern matches
 * @param rankPatterns ranks by pattern of module names, the first match counting
 * @param alphaPatterns alphas by pattern of module names, the first match counting
 * @param rankStabilized whether the scaling is alpha / √rank instead of alpha / rank
 * @param weightDecomposed whether a trained magnitude replaces the norm of each output (DoRA)
 * @param fanInFanOut whether the base stores its weights as [in, out]
 * @param modulesToSave ends of the names of modules that are replaced as a whole
 * @param savesBiases whether biases were trained and are replaced
 * @param keepsTied whether an embedding that the base uses as its output head, too, was trained as both
 */
record LoraConfig(
        String baseModel,
        int rank,
        double alpha,
        Map<ModulePattern, Integer> rankPatterns,
        Map<ModulePattern, Double> alphaPatterns,
        boolean rankStabilized,
        boolean weightDecomposed,
        boolean fanInFanOut,
        List<String> modulesToSave,
        boolean savesBiases,
        boolean keepsTied) {

    /** The rank of a module's factors. */
    int rankOf(String module) {
        return firstMatch(rankPatterns, module, rank);
    }

    /** What the product of a module's factors is multiplied by. */
    double scalingOf(String module) {
        double numerator = firstMatch(alphaPatterns, module, alpha);
        int rankOfModule = rankOf(module);
        return numerator / (rankStabilized ? Math.sqrt(rankOfModule) : rankOfModule);
    }

    /** Whether a tensor is of a module that is replaced as a whole. */
    boolean isSaved(String tensor) {
        // PEFT compares ends of names, not their components: norm is input_layernorm, too.
        for (int end = tensor.indexOf('.'); end >= 0; end = tensor.indexOf('.', end + 1)) {
            if (modulesToSave.stream().anyMatch(tensor.substring(0, end)::endsWith)) {
                return true;
            }
        }
        return false;
    }

    private static <T> T firstMatch(Map<ModulePattern, T> patterns, String module, T otherwise) {
        for (Map.Entry<ModulePattern, T> entry : patterns.entrySet()) {
            if (entry.getKey().matches(module)) {
                return entry.getValue();
            }
        }
        return otherwise;
    }
}
