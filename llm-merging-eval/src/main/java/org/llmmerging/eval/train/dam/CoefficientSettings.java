package org.llmmerging.eval.train.dam;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which coefficients there are and where they begin. A bias goes with the linear layers.
 *
 * @param covered the layers that have coefficients; the others are the base model's
 * @param random the layers whose coefficients begin at the softmax over the models of random numbers, else at 1/N
 * @param useBaseModel whether the base is merged as one more model, the last
 * @param nonLinearity applied to coefficients before they multiply
 * @param seed of those random numbers
 */
public record CoefficientSettings(
        Set<LayerKind> covered, Set<LayerKind> random, boolean useBaseModel, NonLinearity nonLinearity, long seed) {
    public CoefficientSettings {
        covered = Set.copyOf(covered);
        random = Set.copyOf(random);
    }

    /** Linear layers alone, without the base, beginning at 1/N. */
    public static CoefficientSettings ofLinearLayers(long seed) {
        return new CoefficientSettings(
                EnumSet.of(LayerKind.LINEAR), EnumSet.noneOf(LayerKind.class), false, NonLinearity.NONE, seed);
    }

    /** These settings, with coefficients for layers of this kind or without. */
    public CoefficientSettings withCovered(LayerKind kind, boolean wanted) {
        return new CoefficientSettings(with(covered, kind, wanted), random, useBaseModel, nonLinearity, seed);
    }

    /** These settings, with coefficients of this kind that begin at random or at 1/N. */
    public CoefficientSettings withRandom(LayerKind kind, boolean wanted) {
        return new CoefficientSettings(covered, with(random, kind, wanted), useBaseModel, nonLinearity, seed);
    }

    /** These settings, with the base merged or not. */
    public CoefficientSettings withBaseModel(boolean wanted) {
        return new CoefficientSettings(covered, random, wanted, nonLinearity, seed);
    }

    /** These settings, with something applied to the coefficients. */
    public CoefficientSettings withNonLinearity(NonLinearity function) {
        return new CoefficientSettings(covered, random, useBaseModel, function, seed);
    }

    /** Whether tensors of this kind have coefficients. */
    boolean covers(LayerKind kind) {
        return covered.contains(layer(kind));
    }

    /** Whether those of this kind begin at random. */
    boolean isRandom(LayerKind kind) {
        return random.contains(layer(kind));
    }

    /** All of them, by the names of the options. */
    Map<String, Object> byName() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("use_base_model", useBaseModel);
        values.put("non_linearity", nonLinearity.key());
        values.put("merge_embedding_layers", covers(LayerKind.EMBEDDING));
        values.put("merge_layernorms", covers(LayerKind.NORM));
        values.put("linear_merge_random", isRandom(LayerKind.LINEAR));
        values.put("embedding_merge_random", isRandom(LayerKind.EMBEDDING));
        values.put("norm_merge_random", isRandom(LayerKind.NORM));
        values.put("seed", seed);
        return values;
    }

    private static LayerKind layer(LayerKind kind) {
        return kind == LayerKind.BIAS ? LayerKind.LINEAR : kind;
    }

    private static Set<LayerKind> with(Set<LayerKind> kinds, LayerKind kind, boolean wanted) {
        EnumSet<LayerKind> changed = EnumSet.noneOf(LayerKind.class);
        changed.addAll(kinds);
        if (wanted) {
            changed.add(kind);
        } else {
            changed.remove(kind);
        }
        return changed;
    }
}
