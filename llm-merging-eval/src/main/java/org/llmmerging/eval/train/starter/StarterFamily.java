package org.llmmerging.eval.train.starter;

import java.util.List;

/**
 * The starter models of one architecture: a base, and one fine-tune for each skill.
 *
 * @param folder name of the family's folder
 * @param adapters what the fine-tunes are when they are stored as LoRA adapters, one per skill; empty when they are
 *     whole models
 */
record StarterFamily(
        String folder, StarterArchitecture architecture, ByteTokenizer tokenizer, List<StarterAdapter> adapters) {
    /** What the fine-tunes are named after. */
    static final List<String> SKILLS = List.of("reasoning", "summaries", "arithmetic");

    /** Every family, in the order of their names. */
    static List<StarterFamily> all() {
        return List.of(flanT5(), llama(), llama2(), llama3(), mistral());
    }

    /** Flan-T5: attention as wide as its heads need, not as the model. */
    private static StarterFamily flanT5() {
        return new StarterFamily(
                "flan-t5", new StarterEncoderDecoder(48, 16, 4, 128, 2), ByteTokenizer.t5(), List.of());
    }

    /** TinyLlama: four queries to each key, feed-forward layer 2.75 times as wide as the model. */
    private static StarterFamily llama() {
        return new StarterFamily(
                "llama",
                new StarterDecoder("llama", "LlamaForCausalLM", 64, 176, 3, 8, 2, 8, 10_000, false, false, null),
                ByteTokenizer.llama(),
                List.of());
    }

    /** Llama 2: one key for each query; its fine-tunes are adapters that differ in rank and in what they adapt. */
    private static StarterFamily llama2() {
        return new StarterFamily(
                "llama2",
                new StarterDecoder("llama", "LlamaForCausalLM", 64, 172, 3, 4, 4, 16, 10_000, false, false, null),
                ByteTokenizer.llama(),
                List.of(
                        new StarterAdapter("reasoning", 8, 16, List.of("q_proj", "k_proj", "v_proj", "o_proj")),
                        new StarterAdapter("summaries", 4, 8, List.of("q_proj", "v_proj")),
                        new StarterAdapter(
                                "arithmetic",
                                8,
                                32,
                                List.of("q_proj", "v_proj", "gate_proj", "up_proj", "down_proj"))));
    }

    /** Llama 3.2: scaled rotary positions, grouped queries, the output layer tied to the embedding. */
    private static StarterFamily llama3() {
        return new StarterFamily(
                "llama3",
                new StarterDecoder("llama", "LlamaForCausalLM", 64, 224, 2, 4, 2, 16, 500_000, true, true, null),
                ByteTokenizer.llama3(),
                List.of());
    }

    /** Mistral: a sliding window, and heads wider than the model's width divided by their number. */
    private static StarterFamily mistral() {
        return new StarterFamily(
                "mistral",
                new StarterDecoder("mistral", "MistralForCausalLM", 64, 224, 2, 4, 2, 24, 10_000, false, false, 512),
                ByteTokenizer.llama(),
                List.of());
    }
}
