package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.llmmerging.LoadedModels;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.KitParameter;
import org.llmmerging.config.KitPositions;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.MergeDocuments;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Note;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;
import org.llmmerging.method.Linear;

/**
 * Reads a kit configuration as a merge.
 *
 * <p>What {@code parameter_lambdas} mean, {@linkplain MergeMethod#lambdaParameter() the method says}: a coefficient of
 * each listed model, or how far to go from the first listed model to the second. The kit's average is the plain
 * weighted sum: of the weights, or of the adapters' updates where the models are adapters, which is task arithmetic on
 * their base.
 */
public final class KitMerge {
    private static final String TASK_ARITHMETIC = "task_arithmetic";

    /** Whether the configuration is one for the method; else only its models can be looked at. */
    private final boolean isOfMethod;
    private final KitConfig kit;
    private final MergeMethod method;
    private final Problems problems;
    /** Whether the models are all that the file lists. */
    private final boolean isWhole;
    private final KitSettings settings;

    private KitMerge(KitConfig kit, MergeMethod method, Problems problems) {
        this.isOfMethod = kit.mergeMethod() == null || method.name().equals(kit.mergeMethod());
        this.kit = isOfMethod ? kit.withParameters(parameters(kit, method, problems)) : kit;
        this.method = method;
        this.problems = problems;
        this.isWhole = problems.isReadable();
        this.settings = new KitSettings(this.kit, method, problems, isWhole);
    }

    /**
     * The merge that a kit configuration asks for.
     *
     * @param method the method of the registered name; when the configuration names one too, it must be the same
     * @throws ConfigException with everything because of which the models or coefficients are not what the method takes
     */
    public static MergeConfig of(KitConfig kit, MergeMethod method) {
        Problems problems = new Problems();
        MergeConfig merge = new KitMerge(kit, method, problems).translate();
        problems.throwIfAny();
        return merge;
    }

    /**
     * The merge that a kit configuration asks for, as far as it can be known.
     *
     * @param problems what is wrong with the configuration so far; receives what else is
     */
    public static MergeDocuments read(KitConfig kit, MergeMethod method, Problems problems) {
        return new MergeDocuments(List.of(new KitMerge(kit, method, problems).translate()), Set.of(), problems);
    }

    /** Notes for the user on what a kit configuration says and the method does not use. */
    public static List<Note> notes(KitConfig kit, MergeMethod method) {
        if (isSumOfUpdates(kit, method)) {
            return kit.parameters().keySet().stream()
                    .filter(name -> !names(method).contains(name) && SettingsCheck.isOfAnotherMethod(name))
                    .map(name -> new Note(
                            kit.positions().ofParameter(name), SettingsCheck.passedOver(method.name(), name)))
                    .toList();
        }
        return KitSettings.hasOneLambda(method) && kit.parameterLambdas().size() > 1
                ? List.of(new Note(
                        kit.positions().of("parameter_lambdas"),
                        method.name() + " takes the first of parameter_lambdas, and the others have no effect"))
                : List.of();
    }

    /** Those that can be used; of an average of adapters only its own, since task arithmetic would take others. */
    private static Map<String, KitParameter> parameters(KitConfig kit, MergeMethod method, Problems problems) {
        Map<String, KitParameter> usable = KitParameters.check(kit, method.name(), method.parameters(), problems);
        if (isSumOfUpdates(kit, method)) {
            usable.keySet().retainAll(names(method));
        }
        return usable;
    }

    private static Set<String> names(MergeMethod method) {
        return method.parameters().stream().map(ParameterSpec::name).collect(Collectors.toSet());
    }

    /** Whether the kit's average is one of adapters. */
    private static boolean isSumOfUpdates(KitConfig kit, MergeMethod method) {
        return method.name().equals(Linear.NAME) && kit.isPeft();
    }

    private MergeConfig translate() {
        if (!isOfMethod) {
            return ofAnotherMethod();
        }
        List<Sources.Input> models = inputs();
        if (KitSettings.hasOneLambda(method)) {
            return path(models);
        }
        boolean sumOfUpdates = isSumOfUpdates(kit, method);
        ModelReference base = sumOfUpdates || method.models().base() != ModelCount.Base.MEMBER ? kit.baseModel() : null;
        if (base == null && isWhole && method.models().base() == ModelCount.Base.REQUIRED) {
            problems.add(kit.positions().of("base_model_name"), "method " + method.name() + " needs a base. Add"
                    + " base_model_name: with the model that the others were trained from");
        }
        Settings shared = settings.ofAll();
        if (method.name().equals(Linear.NAME) && !sumOfUpdates && !kit.parameters().containsKey("normalize")) {
            shared = shared.with("normalize", false, kit.positions().document());
        }
        return config(sumOfUpdates ? TASK_ARITHMETIC : method.name(), base, kit.positions().of("base_model_name"),
                models, shared);
    }

    private MergeConfig ofAnotherMethod() {
        String named = kit.mergeMethod();
        problems.add(kit.positions().of("merge_method"), "merge_method is " + named
                + ", but the name that is run merges with " + method.name() + ". Run a name that merges with " + named
                + ", or remove the key");
        List<Sources.Input> models = new ArrayList<>();
        for (int i = 0; i < kit.listModels().size(); i++) {
            models.add(input(i, Settings.none()));
        }
        return config(method.name(), kit.baseModel(), kit.positions().of("base_model_name"), models, Settings.none());
    }

    /** From the first of two models to the second. */
    private MergeConfig path(List<Sources.Input> models) {
        String name = method.name();
        if (models.size() != 2 && isWhole) {
            problems.add(kit.positions().of("list_models"), name + " merges exactly two models, and list_models has "
                    + models.size() + (models.size() < 2 ? ". Add one" : ". Remove some") + ", or use another method");
        } else if (models.size() == 2 && models.getFirst().model().equals(models.getLast().model())) {
            problems.add(kit.positions().of("list_models"),
                    name + " goes from one model to another, and list_models names "
                            + models.getFirst().model() + " twice. Name two models");
        }
        Settings shared = settings.ofAll();
        if (models.isEmpty()) {
            return config(name, null, kit.positions().document(), models, shared);
        }
        Sources.Input first = models.getFirst();
        return config(name, first.model(), first.position(), models.subList(1, models.size()), shared);
    }

    private MergeConfig config(
            String name,
            @Nullable ModelReference base,
            Position basePosition,
            List<Sources.Input> models,
            Settings shared) {
        KitPositions positions = kit.positions();
        return new MergeConfig(
                positions.document(),
                Map.of("merge_method", positions.of("merge_method"), "base_model", basePosition),
                null,
                name,
                base,
                new Sources.Models(models, positions.of("list_models")),
                shared,
                null,
                null,
                null,
                null);
    }

    /** The models of a configuration in its order; adapters are applied to the base. */
    public static List<ModelReference> models(KitConfig kit) {
        ModelReference base = kit.baseModel();
        if (!kit.isPeft() || base == null) {
            return kit.listModels();
        }
        return kit.listModels().stream()
                .map(adapter -> new ModelReference(base.path(), base.revision(), adapter))
                .toList();
    }

    /** Opens the models of a configuration, which stay those of {@code opener}. */
    public static LoadedModels open(KitConfig kit, Function<ModelReference, SourceModel> opener) {
        ModelReference base = kit.baseModel();
        SourceModel baseModel = base == null ? null : opener.apply(base);
        return new LoadedModels(baseModel, models(kit).stream().map(opener).toList());
    }

    private Sources.Input input(int index, Settings own) {
        return new Sources.Input(models(kit).get(index), own, kit.positions().of(kit.listModels().get(index)));
    }

    private List<Sources.Input> inputs() {
        List<Settings> own = settings.ofModels(models(kit).size());
        List<Sources.Input> inputs = new ArrayList<>();
        for (int i = 0; i < own.size(); i++) {
            inputs.add(input(i, own.get(i)));
        }
        return inputs;
    }
}
