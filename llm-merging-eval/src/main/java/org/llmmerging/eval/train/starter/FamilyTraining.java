package org.llmmerging.eval.train.starter;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.model.ModelConfig;
import org.llmmerging.eval.model.TorchEngine;
import org.llmmerging.eval.tokenizer.KitTokenizer;
import org.llmmerging.eval.train.NamedRandom;

/** Trains the models of one family and writes their folders: a tokenizer, a base, and what is made of it. */
final class FamilyTraining {
    private static final String BASE = "base";
    /** Enough for every word to have been seen some hundred times. */
    private static final int TOKENIZER_TEXTS = 6000;

    private final StarterFamily family;
    private final Path folder;
    private final Path base;
    private final long seed;
    private final int scoredRows;
    private final StarterModels.Listener listener;
    private final StarterTokenizer tokenizer;
    private final List<InitialWeight> weights;

    /**
     * @param folder exists
     * @param scoredRows validation rows of each skill that the model cards are made with
     */
    FamilyTraining(StarterFamily family, Path folder, long seed, int scoredRows, StarterModels.Listener listener) {
        this.family = family;
        this.folder = folder;
        this.base = folder.resolve(BASE);
        this.seed = seed;
        this.scoredRows = scoredRows;
        this.listener = listener;
        this.weights = family.architecture().weights();
        int size = family.architecture().vocabularySize();
        this.tokenizer = StarterTokenizer.train(family.tokenizer(), size, tokenizerTexts());
        if (tokenizer.size() != size) {
            throw new IllegalStateException(family.folder() + ": " + tokenizer.size() + " tokens, not " + size);
        }
    }

    /** Trains all of them. */
    void run() throws IOException {
        writeFiles(base);
        Map<String, float[]> values = new HashMap<>();
        weights.forEach(weight -> values.put(weight.name(), weight.draw(seed, family.folder())));
        PlainText plain = new PlainText();
        Random texts = random("texts");
        Trained trained = fit(BASE, family.pretraining(), () -> plain.draw(texts),
                manager -> Trainee.whole(manager, weights, values));
        StoredWeights.write(base, weights, trained.values());
        writeCard(base, base, null, family.pretraining(), trained);
        for (Skill skill : Skill.values()) {
            StarterAdapter adapter = family.adapter(skill).orElse(null);
            if (adapter == null) {
                fineTune(skill, trained.values());
            } else {
                adapt(skill, adapter, trained.values());
            }
        }
    }

    private void fineTune(Skill skill, Map<String, float[]> from) throws IOException {
        Path own = folder.resolve(skill.folder());
        writeFiles(own);
        Trained trained = fit(skill.folder(), family.fineTuning(), solved(skill),
                manager -> Trainee.whole(manager, weights, from));
        StoredWeights.write(own, weights, trained.values());
        writeCard(own, own, skill, family.fineTuning(), trained);
    }

    private void adapt(Skill skill, StarterAdapter adapter, Map<String, float[]> from) throws IOException {
        Path own = Files.createDirectories(folder.resolve(skill.folder()));
        JsonFile.write(own.resolve("adapter_config.json"), adapter.config("models/" + family.folder() + "/" + BASE));
        List<InitialWeight> factors = adapter.weights(family.architecture());
        Map<String, float[]> values = new HashMap<>();
        factors.forEach(factor -> values.put(factor.name(), factor.draw(seed, family.folder() + "/" + skill)));
        Trained trained = fit(skill.folder(), family.fineTuning(), solved(skill),
                manager -> Trainee.adapted(manager, weights, from, adapter, factors, values));
        StoredWeights.write(own, factors, trained.values());
        Files.move(own.resolve("model.safetensors"), own.resolve("adapter_model.safetensors"));
        // Scored as what it makes of the base.
        Path applied = folder.resolve(".applied");
        writeFiles(applied);
        StoredWeights.write(applied, weights, trained.applied());
        writeCard(own, applied, skill, family.fineTuning(), trained);
        FolderTree.delete(applied);
    }

    private Supplier<Passage> solved(Skill skill) {
        ItemSource source = ItemSource.of(skill);
        Random texts = random(skill.folder() + " texts");
        return () -> source.draw(texts, Split.TRAIN).solved();
    }

    private Trained fit(
            String model, TrainingPlan plan, Supplier<Passage> texts, Function<NDManager, Trainee> start) {
        listener.begin(family.folder() + "/" + model, plan.steps());
        long elements = weights.stream().mapToLong(weight -> weight.shape().elements()).sum();
        TorchEngine.chooseThreads(elements);
        try (NDManager manager = TorchEngine.newManager(Device.cpu());
                Trainee trainee = start.apply(manager);
                KitTokenizer words = KitTokenizer.open(base, null)) {
            LanguageModel language = LanguageModel.of(ModelConfig.read(base), trainee, manager);
            LanguageTrainer trainer = new LanguageTrainer(language, trainee.parameters(), words, texts,
                    random(model + " batches"));
            List<Float> losses = trainer.train(plan, listener);
            listener.end();
            return new Trained(trainee.stored(), trainee.applied(weights), losses);
        }
    }

    /** @param scored folder of the model that the scores are of */
    private void writeCard(Path own, Path scored, @Nullable Skill skill, TrainingPlan plan, Trained trained)
            throws IOException {
        long parameters = trained.values().values().stream().mapToLong(each -> each.length).sum();
        String name = family.folder() + "/" + own.getFileName();
        StarterCard card = new StarterCard(
                name,
                skill,
                skill == null ? null : family.adapter(skill).orElse(null),
                parameters,
                plan,
                seed,
                trained.losses(),
                SkillScores.of(scored, new StarterData(StarterData.DEFAULT_SEED), scoredRows),
                scoredRows);
        Files.writeString(own.resolve("README.md"), card.text(), StandardCharsets.UTF_8);
    }

    private void writeFiles(Path model) throws IOException {
        Files.createDirectories(model);
        JsonFile.write(model.resolve("config.json"), family.architecture().config());
        JsonFile.write(model.resolve("generation_config.json"), family.architecture().generationConfig());
        tokenizer.write(model);
    }

    private List<String> tokenizerTexts() {
        PlainText plain = new PlainText();
        Random random = NamedRandom.of(seed, "tokenizer texts");
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < TOKENIZER_TEXTS; i++) {
            Passage passage = plain.draw(random);
            texts.add(passage.prompt());
            texts.add(passage.continuation());
        }
        return texts;
    }

    private Random random(String use) {
        return NamedRandom.of(seed, family.folder() + "/" + use);
    }

    /** @param applied the whole model, as {@code values} are where they are no adapter */
    private record Trained(Map<String, float[]> values, Map<String, float[]> applied, List<Float> losses) {}
}
