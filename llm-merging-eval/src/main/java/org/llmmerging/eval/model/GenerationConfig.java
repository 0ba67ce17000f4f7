package org.llmmerging.eval.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;

/**
 * What a model's {@link #file} says of greedy generation, apart from its length ({@link GenerationLimits}).
 *
 * @param penalty on tokens that a sequence already has
 * @param ownStartToken what decoder sequences begin with, if it says
 */
record GenerationConfig(RepetitionPenalty penalty, OptionalInt ownStartToken) {
    static final GenerationConfig NONE = new GenerationConfig(RepetitionPenalty.NONE, OptionalInt.empty());
    static final String FILE = "generation_config.json";

    /** What would change greedy output, and is not implemented. */
    private static final List<Unsupported> UNSUPPORTED = List.of(
            new Unsupported("num_beams", 1),
            new Unsupported("penalty_alpha", 0),
            new Unsupported("guidance_scale", 1),
            new Unsupported("no_repeat_ngram_size", 0),
            new Unsupported("encoder_no_repeat_ngram_size", 0),
            new Unsupported("encoder_repetition_penalty", 1),
            new Unsupported("min_length", 0),
            new Unsupported("min_new_tokens", 0),
            new Unsupported("suppress_tokens", null),
            new Unsupported("begin_suppress_tokens", null),
            new Unsupported("forced_bos_token_id", null),
            new Unsupported("forced_eos_token_id", null),
            new Unsupported("bad_words_ids", null),
            new Unsupported("sequence_bias", null),
            new Unsupported("exponential_decay_length_penalty", null),
            new Unsupported("stop_strings", null),
            new Unsupported("watermarking_config", null),
            new Unsupported("dola_layers", null),
            new Unsupported("max_time", null));

    /** @param neutral the number that changes nothing, or null when every number changes something */
    private record Unsupported(String key, @Nullable Integer neutral) {}

    /**
     * Where a model folder says how to generate: in this file or, without it, among the keys of {@code config.json}, as
     * models of before transformers 4.25 do. A folder may have neither.
     */
    static Optional<ConfigJson> file(Path folder) {
        return Stream.of(FILE, "config.json")
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .map(ConfigJson::read);
    }

    /**
     * Reads what a model folder says.
     *
     * @param vocabulary number of tokens of the model
     * @throws CheckpointException naming the key when it asks for something that is not implemented
     */
    static GenerationConfig read(Path folder, int vocabulary) {
        return file(folder).map(json -> read(json, vocabulary)).orElse(NONE);
    }

    private static GenerationConfig read(ConfigJson json, int vocabulary) {
        for (Unsupported each : UNSUPPORTED) {
            json.requireNeutral(each.key, each.neutral, "which changes what is generated and is not implemented");
        }
        double factor = json.positive("repetition_penalty", 1);
        OptionalInt start = json.has("decoder_start_token_id")
                ? OptionalInt.of(json.tokenId("decoder_start_token_id", 0, vocabulary))
                : OptionalInt.empty();
        return new GenerationConfig(new RepetitionPenalty((float) factor), start);
    }

    /** What the decoder of a model begins with: what this says, before what {@code config.json} does. */
    int startToken(EncoderDecoderConfig model) {
        return ownStartToken.orElse(model.startToken());
    }
}
