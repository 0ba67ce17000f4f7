package org.llmmerging.eval.train.starter;

import java.util.List;
import java.util.Optional;

/**
 * The starter models of one architecture: a base, and one fine-tune for each skill.
 *
 * @param folder name of the family's folder
 * @param adapters what the fine-tunes are when they are stored as LoRA adapters, one per skill; empty when they are
 *     whole models
 * @param pretraining of the base
 * @param fineTuning of each fine-tune
 */
record StarterFamily(
        String folder,
        StarterArchitecture architecture,
        TokenizerKind tokenizer,
        List<StarterAdapter> adapters,
        TrainingPlan pretraining,
        TrainingPlan fineTuning) {
    private static final TrainingPlan PRETRAINING = new TrainingPlan(1000, 32, 4e-3, true);
    private static final TrainingPlan FINE_TUNING = new TrainingPlan(200, 32, 8e-4, false);
    /** An encoder-decoder learns from the continuations alone. */
    private static final TrainingPlan LONGER_PRETRAINING = new TrainingPlan(2500, 32, 4e-3, false);
    private static final TrainingPlan LONGER_FINE_TUNING = new TrainingPlan(400, 32, 2e-3, false);

    private static final TrainingPlan ADAPTING = new TrainingPlan(250, 32, 2e-3, false);

    /** Every family, in the order of their names. */
    static List<StarterFamily> all() {
        return List.of(flanT5(), llama(), llama2(), llama3(), mistral());
    }

    /** The adapter that has learned a skill, or nothing when the fine-tunes are whole models. */
    Optional<StarterAdapter> adapter(Skill skill) {
        return adapters.stream().filter(adapter -> adapter.skill() == skill).findFirst();
    }

    /** Flan-T5: attention wider than the model. */
    private static StarterFamily flanT5() {
        return new StarterFamily(
                "flan-t5",
                new StarterEncoderDecoder(768, 80, 24, 4, 192, 2),
                TokenizerKind.T5,
                List.of(),
                LONGER_PRETRAINING,
                LONGER_FINE_TUNING);
    }

    /** TinyLlama: four queries to each key, feed-forward layer 2.75 times as wide as the model. */
    private static StarterFamily llama() {
        return new StarterFamily(
                "llama",
                StarterDecoder.llama(800, 96, 264, 3, 8, 2),
                TokenizerKind.LLAMA,
                List.of(),
                PRETRAINING,
                FINE_TUNING);
    }

    /** Llama 2: one key for each query; its fine-tunes are adapters that differ in rank and in what they adapt. */
    private static StarterFamily llama2() {
        List<String> everything = List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
        return new StarterFamily(
                "llama2",
                StarterDecoder.llama(768, 96, 256, 3, 4, 4),
                TokenizerKind.LLAMA,
                List.of(
                        new StarterAdapter(Skill.REASONING, 8, 16, everything),
                        new StarterAdapter(Skill.SUMMARIES, 4, 8, List.of("q_proj", "k_proj", "v_proj", "o_proj")),
                        new StarterAdapter(
                                Skill.ARITHMETIC,
                                8,
                                16,
                                List.of("q_proj", "v_proj", "gate_proj", "up_proj", "down_proj"))),
                PRETRAINING,
                ADAPTING);
    }

    /** Llama 3.2: scaled rotary positions, grouped queries, the output layer tied to the embedding. */
    private static StarterFamily llama3() {
        return new StarterFamily(
                "llama3",
                new StarterDecoder("llama", "LlamaForCausalLM", 704, 128, 352, 2, 4, 2, 32, 500_000, true, true, null),
                TokenizerKind.LLAMA3,
                List.of(),
                PRETRAINING,
                FINE_TUNING);
    }

    /** Mistral: a sliding window, and heads wider than the model's width divided by their number. */
    private static StarterFamily mistral() {
        return new StarterFamily(
                "mistral",
                new StarterDecoder(
                        "mistral", "MistralForCausalLM", 768, 112, 336, 2, 4, 2, 32, 10_000, false, false, 48),
                TokenizerKind.LLAMA,
                List.of(),
                PRETRAINING,
                FINE_TUNING);
    }
}
