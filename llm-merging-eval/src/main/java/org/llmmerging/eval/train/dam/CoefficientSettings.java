package org.llmmerging.eval.train.dam;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
    private static final String NON_LINEARITY = "non_linearity";
    private static final String SEED = "seed";
    private static final List<LayerKind> MAY_BE_RANDOM = List.of(
            LayerKind.LINEAR, LayerKind.EMBEDDING, LayerKind.NORM);

    public CoefficientSettings {
        covered = Set.copyOf(covered);
        random = Set.copyOf(random);
    }

    /** Linear layers alone, without the base, beginning at 1/N. */
    public static CoefficientSettings ofLinearLayers(long seed) {
        return new CoefficientSettings(
                EnumSet.of(LayerKind.LINEAR), EnumSet.noneOf(LayerKind.class), false, NonLinearity.NONE, seed);
    }

    /** As the parameters of {@link DamParameter.Use#MERGE} say, beginning at 1/N. */
    public static CoefficientSettings of(long seed, DamValues given) {
        return ofLinearLayers(seed)
                .withCovered(LayerKind.EMBEDDING, given.isOn(DamParameter.MERGE_EMBEDDING_LAYERS))
                .withCovered(LayerKind.NORM, given.isOn(DamParameter.MERGE_LAYERNORMS))
                .withBaseModel(given.isOn(DamParameter.USE_BASE_MODEL));
    }

    /** What {@link #byName} wrote; nothing when the non-linearity is none that is known. */
    static Optional<CoefficientSettings> ofNames(JsonNode written) {
        DamValues switches = parameter -> written.path(parameter.key()).asBoolean() ? 1 : 0;
        CoefficientSettings settings = of(written.path(SEED).asLong(), switches);
        for (LayerKind kind : MAY_BE_RANDOM) {
            settings = settings.withRandom(kind, written.path(randomName(kind)).asBoolean());
        }
        return NonLinearity.ofKey(written.path(NON_LINEARITY).asText()).map(settings::withNonLinearity);
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

    /** All of them, by the names of the options, as {@link #ofNames} reads them. */
    Map<String, Object> byName() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put(DamParameter.USE_BASE_MODEL.key(), useBaseModel);
        values.put(NON_LINEARITY, nonLinearity.key());
        values.put(DamParameter.MERGE_EMBEDDING_LAYERS.key(), covers(LayerKind.EMBEDDING));
        values.put(DamParameter.MERGE_LAYERNORMS.key(), covers(LayerKind.NORM));
        MAY_BE_RANDOM.forEach(kind -> values.put(randomName(kind), isRandom(kind)));
        values.put(SEED, seed);
        return values;
    }

    private static String randomName(LayerKind kind) {
        return kind.name().toLowerCase(Locale.ROOT) + "_merge_random";
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
