package org.llmmerging.merge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.llmmerging.MergeMethod;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Problems;
import org.llmmerging.config.TokenizerConfig;
import org.llmmerging.tokenizer.ChatTemplate;
import org.llmmerging.tokenizer.OutputTokenizer;

/** Makes the plan of a merge from its configuration and the headers of its models; no weight is read. */
public final class MergePlanner {
    private final ModelStore store;
    private final MethodFinder methods;

    /**
     * @param store opens the models, and must stay open as long as the plan is used
     * @param methods finds the method
     */
    public MergePlanner(ModelStore store, MethodFinder methods) {
        this.store = store;
        this.methods = methods;
    }

    /**
     * Plans a merge.
     *
     * @throws org.llmmerging.config.ConfigException with everything that is wrong with the configuration
     * @throws CheckpointException when a model cannot be read
     */
    public MergePlan plan(MergeConfig config, MergeOptions options) {
        Problems problems = new Problems();
        MergeMethod method = begin(config, model -> true, problems);
        ModulePlanner modules = new ModulePlanner(config, method, store, problems);
        List<Recipe> recipes = modules.recipes();
        if (!recipes.isEmpty()) {
            SettingsCheck.filters(config, method, recipes, problems);
        }
        Problems ofFiles = new Problems();
        Optional<VocabularyPlan> vocabulary = new VocabularyPlanner(
                config, store, options, problems, ofFiles).plan();
        Optional<String> chatTemplate = chatTemplate(config, problems, ofFiles);
        if (config.tokenizer() != null && vocabulary.isEmpty()) {
            throwIfAny(problems, ofFiles);
        }

        ParameterResolver parameters = new ParameterResolver(method, options.seed(), config, problems);
        VocabularyFit fit = new VocabularyFit(method, options.allowCrimes(), problems);
        TensorPlanner tensorPlanner = new TensorPlanner(config, method, parameters, vocabulary.orElse(null), fit,
                problems);
        List<PlannedTensor> tensors = tensorPlanner.plan(recipes);
        if (!problems.isEmpty()) {
            throwIfAny(problems, ofFiles);
        }

        SourceModel described = store.open(config.models().getFirst());
        boolean rowsChange = vocabulary.isPresent() || options.allowCrimes();
        Map<String, Object> changes = new ConfigChanges(readConfig(described.folder(), ofFiles))
                .layers(modules.slicedLayers())
                .vocabulary(rowsChange ? vocabularyRows(tensors) : OptionalLong.empty())
                .heads(tensors.stream().map(PlannedTensor::output).toList())
                .rotary()
                .byKey();
        OutputTokenizer tokenizer = new OutputTokenizer(
                vocabulary.map(VocabularyPlan::folder).orElse(described.folder()),
                vocabulary.map(VocabularyPlan::vocabulary).orElse(null),
                chatTemplate.orElse(null));
        TokenIds tokenIds = vocabulary.map(VocabularyPlan::tokenIds).orElse(TokenIds.UNCHANGED);
        ModelFolder folder = new ModelFolder(described.folder(), changes, tokenIds, tokenizer);
        check(folder.source(), config, folder::check, ofFiles);
        if (options.copyTokenizer()) {
            check(tokenizer.folder(), config, tokenizer::check, ofFiles);
        } else {
            noteLeftOut(config, problems);
        }
        throwIfAny(problems, ofFiles);
        return new MergePlan(store, method, tensors, folder, problems.notes());
    }

    /** Notes what the configuration asks for and lies in files that are not written. */
    private static void noteLeftOut(MergeConfig config, Problems problems) {
        TokenizerConfig vocabulary = config.tokenizer();
        if (vocabulary != null) {
            problems.note(vocabulary.position(), "the embeddings follow the vocabulary that tokenizer asks for, and"
                    + " --no-copy-tokenizer leaves its tokenizer out");
        }
        if (config.chatTemplate() != null) {
            problems.note(config.positionOf("chat_template"), "chat_template has no effect: --no-copy-tokenizer leaves"
                    + " out the files that it is written to");
        }
    }

    /** @throws CheckpointException with what else is wrong with files of models, too */
    private static ObjectNode readConfig(Path folder, Problems ofFiles) {
        try {
            return ModelFolder.readConfig(folder);
        } catch (CheckpointException unreadable) {
            if (ofFiles.isEmpty()) {
                throw unreadable;
            }
            List<String> all = new ArrayList<>(ofFiles.lines());
            all.add(unreadable.getMessage());
            throw CheckpointException.ofSeveral(all, unreadable);
        }
    }

    /** What is wrong with files of models is so whatever the configuration says, but is reported beside it. */
    private static void throwIfAny(Problems problems, Problems ofFiles) {
        if (problems.isEmpty() && !ofFiles.isEmpty()) {
            throw CheckpointException.ofSeveral(ofFiles.lines(), null);
        }
        problems.addAll(ofFiles);
        problems.throwIfAny();
    }

    /** Adds what is wrong with files of a model, which may be a stage. */
    private void check(Path folder, MergeConfig config, Consumer<Problems> check, Problems problems) {
        Optional<ModelReference> stage = config.allModels().stream()
                .filter(store::isStage)
                .filter(model -> store.open(model).folder().equals(folder))
                .findFirst();
        if (stage.isEmpty()) {
            check.accept(problems);
            return;
        }
        Problems ofStage = new Problems();
        check.accept(ofStage);
        store.addOfStage(stage.get(), ofStage, config.sources().position(), problems);
    }

    /**
     * Checks what does not depend on what else is wrong with a merge: the method, the names of parameters, the models.
     *
     * @param isThere which models to look for
     * @throws MergingException with everything that is wrong
     */
    static void examine(
            MergeConfig config,
            ModelLocator locator,
            MethodFinder methods,
            Predicate<ModelReference> isThere) {
        Problems problems = new Problems();
        try (ModelStore store = new ModelStore(locator)) {
            new MergePlanner(store, methods).begin(config, isThere, problems);
        }
        problems.throwIfAny();
    }

    /**
     * Finds the method and opens the models: nothing more can be checked without them.
     *
     * @param isThere which models to open
     * @throws MergingException as {@link #plan} does, reporting the problems so far as well
     */
    private MergeMethod begin(
            MergeConfig config, Predicate<ModelReference> isThere, Problems problems) {
        Optional<MergeMethod> method = method(config, problems);
        method.ifPresent(found -> SettingsCheck.names(config, found, problems));
        ModelOpening.all(config, store, isThere, problems);
        if (method.isEmpty()) {
            problems.throwIfAny();
        }
        return method.orElseThrow();
    }

    private Optional<MergeMethod> method(MergeConfig config, Problems problems) {
        try {
            return Optional.of(methods.find(config.mergeMethod()));
        } catch (MergingException unknown) {
            problems.add(config.positionOf("merge_method"), String.valueOf(unknown.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<String> chatTemplate(MergeConfig config, Problems problems, Problems ofFiles) {
        String setting = config.chatTemplate();
        if (setting == null) {
            return Optional.empty();
        }
        List<Path> folders = config.models().stream().map(store::open).map(SourceModel::folder).toList();
        return ChatTemplate.resolve(setting, folders, config.positionOf("chat_template"), problems, ofFiles);
    }

    private static OptionalLong vocabularyRows(List<PlannedTensor> tensors) {
        return tensors.stream()
                .map(PlannedTensor::output)
                .filter(TensorRoles::isVocabulary)
                .map(TensorInfo::shape)
                .mapToLong(shape -> shape.dimension(0))
                .findFirst();
    }
}
