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
 * @param modulesToSave last components of the names of modules that are replaced as a whole
 * @param savesBiases whether biases were trained and are replaced
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
        boolean savesBiases) {

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

    private static <T> T firstMatch(Map<ModulePattern, T> patterns, String module, T otherwise) {
        for (Map.Entry<ModulePattern, T> entry : patterns.entrySet()) {
            if (entry.getKey().matches(module)) {
                return entry.getValue();
            }
        }
        return otherwise;
    }
}
