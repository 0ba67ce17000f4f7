package org.llmmerging.eval.train.starter;

import ai.djl.ndarray.NDManager;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.tokenizer.KitTokenizer;
import org.llmmerging.eval.train.AdamW;
import org.llmmerging.eval.train.GradientClip;
import org.llmmerging.eval.train.LearningRate;
import org.llmmerging.eval.train.TrainableParameters;
import org.llmmerging.eval.train.TrainingException;

/**
 * Trains a language model by AdamW. The same parameters, texts and random numbers give the same bits on the same
 * machine, as long as the engine has one thread. Not thread-safe.
 */
final class LanguageTrainer {
    /**
     * Texts of so many batches are sorted by length, so that a batch has little padding and still texts of several
     * kinds.
     */
    private static final int BATCHES_AT_ONCE = 4;

    private final LanguageModel model;
    private final TrainableParameters parameters;
    private final KitTokenizer tokenizer;
    private final Random random;
    private final Supplier<Passage> texts;
    private final Deque<List<TokenizedText>> batches = new ArrayDeque<>();

    /**
     * @param model computes with {@code parameters}
     * @param texts an endless supply
     * @param random orders the batches
     */
    LanguageTrainer(
            LanguageModel model,
            TrainableParameters parameters,
            KitTokenizer tokenizer,
            Supplier<Passage> texts,
            Random random) {
        this.model = model;
        this.parameters = parameters;
        this.tokenizer = tokenizer;
        this.texts = texts;
        this.random = random;
    }

    /**
     * Trains.
     *
     * @param listener notified of every step
     * @return the loss of every step
     * @throws TrainingException when a loss is not finite
     */
    List<Float> train(TrainingPlan plan, StarterModels.Listener listener) {
        LearningRate rate = LearningRate.withWarmupRatio(
                plan.learningRate(), LearningRate.Schedule.COSINE, TrainingPlan.WARM_UP, plan.steps());
        LanguageLoss loss = new LanguageLoss(model);
        List<Float> losses = new ArrayList<>();
        try (AdamW optimizer = new AdamW(parameters, TrainingPlan.WEIGHT_DECAY, null)) {
            for (int step = 0; step < plan.steps(); step++) {
                List<TokenizedText> batch = nextBatch(plan.rows());
                parameters.clearGradients();
                float value;
                try (NDManager scope = model.manager().newSubManager()) {
                    value = parameters.backward(() -> loss.of(scope, batch, plan.everyToken()));
                }
                if (!Float.isFinite(value)) {
                    throw new TrainingException("the loss of step " + (step + 1) + " is " + value
                            + ". Try another --seed: nothing was written");
                }
                GradientClip.clip(parameters, TrainingPlan.LARGEST_GRADIENT);
                optimizer.step(rate.at(step + 1));
                losses.add(value);
                listener.step(step, value);
            }
        }
        return losses;
    }

    private List<TokenizedText> nextBatch(int rows) {
        if (batches.isEmpty()) {
            List<TokenizedText> drawn = new ArrayList<>();
            for (int i = 0; i < rows * BATCHES_AT_ONCE; i++) {
                drawn.add(TokenizedText.of(texts.get(), tokenizer));
            }
            drawn.sort(Comparator.comparingInt(TokenizedText::length));
            List<List<TokenizedText>> cut = new ArrayList<>();
            for (int i = 0; i < drawn.size(); i += rows) {
                cut.add(drawn.subList(i, i + rows));
            }
            Collections.shuffle(cut, random);
            batches.addAll(cut);
        }
        return batches.removeFirst();
    }
}
