package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.config.DidYouMean;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Sources;
import org.llmmerging.config.TokenizerConfig;

/** Opens every model that a configuration merges, so that all that cannot be read are reported at once, and where. */
final class ModelOpening {
    private static final List<String> TOKENIZER_WORDS = List.of("union", "base");

    private final Map<ModelReference, Position> places = new LinkedHashMap<>();

    private ModelOpening(MergeConfig config) {
        add(config.baseModel(), config.positionOf("base_model"));
        add(config.sources());
        TokenizerConfig tokenizer = config.tokenizer();
        if (tokenizer != null) {
            if (tokenizer.source() instanceof TokenizerConfig.Source.OfModel(ModelReference model)) {
                add(model, tokenizer.position());
            }
            tokenizer.tokens().values().forEach(
                    rule -> rule.donor().ifPresent(model -> add(model, rule.position())));
        }
    }

    /** A model that cannot be opened. */
    private record Failure(Position position, String message, CheckpointException cause) {}

    /**
     * @param store keeps the models open
     * @param isThere which models to open
     * @param problems what is wrong so far, to be reported together with the models that cannot be opened; receives
     *     notes of revisions that are not looked at
     * @throws CheckpointException with a line for each model that cannot be found or read, when nothing else is wrong
     * @throws org.llmmerging.config.ConfigException with a line for each of them and for each problem, when there are
     *     some
     */
    static void all(
            MergeConfig config,
            ModelStore store,
            Predicate<ModelReference> isThere,
            Problems problems) {
        Map<String, Failure> byMessage = new LinkedHashMap<>(); // one that several adapters need is missing once
        new ModelOpening(config).places.forEach((model, position) -> {
            for (Failure failure : isThere.test(model)
                    ? failures(model, position, config, store)
                    : List.<Failure>of()) {
                byMessage.putIfAbsent(failure.message(), failure);
            }
        });
        List<Failure> failures = List.copyOf(byMessage.values());
        if (!failures.isEmpty() && problems.isEmpty()) {
            throw CheckpointException.ofSeveral(
                    failures.stream()
                            .map(each -> Problems.line(each.position(), each.message()))
                            .toList(),
                    failures.getFirst().cause());
        }
        failures.forEach(each -> problems.add(each.position(), each.message()));
        if (!failures.isEmpty()) {
            problems.throwIfAny();
        }
        store.ignoredRevisions().forEach(model -> problems.note(
                model + ": a folder has no revision; its files are taken as they are"));
    }

    /** Why a model cannot be opened, and of one with an adapter why that cannot be found, too. */
    private static List<Failure> failures(
            ModelReference model, Position position, MergeConfig config, ModelStore store) {
        List<Failure> failures = new ArrayList<>();
        try {
            store.open(model);
        } catch (CheckpointException unreadable) {
            failures.add(new Failure(
                    position, described(String.valueOf(unreadable.getMessage()), model, position, config, store),
                    unreadable));
            ModelReference adapter = model.adapter();
            try {
                if (adapter != null) {
                    store.located(adapter);
                }
            } catch (CheckpointException missing) {
                failures.add(new Failure(position, String.valueOf(missing.getMessage()), missing));
            }
        }
        return failures;
    }

    /** A message about a model, with what was meant by its name where it stands in place of a word. */
    private static String described(
            String message, ModelReference model, Position position, MergeConfig config, ModelStore store) {
        boolean isVocabulary = config.tokenizer() != null && position.equals(config.tokenizer().position());
        return isVocabulary && !store.isStage(model)
                ? message + DidYouMean.suggest(model.path(), TOKENIZER_WORDS)
                        .map(word -> ". Did you mean '" + word + "'?")
                        .orElse("")
                : message;
    }

    private void add(@Nullable ModelReference model, Position position) {
        if (model != null) {
            places.putIfAbsent(model, position);
        }
    }

    private void add(Sources sources) {
        switch (sources) {
            case Sources.Models models -> models.inputs().forEach(input -> add(input.model(), input.position()));
            case Sources.Slices slices -> slices.slices().forEach(slice -> {
                add(slice.baseModel(), slice.position());
                slice.sources().forEach(source -> add(source.model(), source.position()));
            });
            case Sources.Modules modules -> modules.modules().values().forEach(module -> add(module.sources()));
        }
    }
}
