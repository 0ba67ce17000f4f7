package org.llmmerging.eval.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.checkpoint.CheckpointException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class GenerationConfigTest {
    @TempDir
    private Path folder;

    @Test
    void readsThePenaltyAndTheStartToken() throws IOException {
        assertEquals(GenerationConfig.NONE, GenerationConfig.read(folder, 10));
        assertEquals(
                new GenerationConfig(new RepetitionPenalty(1.5f), OptionalInt.of(7)),
                read("{\"repetition_penalty\": 1.5, \"decoder_start_token_id\": 7}"));
    }

    @Test
    void takesValuesThatChangeNothing() throws IOException {
        assertEquals(GenerationConfig.NONE, read("""
                {"num_beams": 1, "penalty_alpha": null, "guidance_scale": 1.0, "no_repeat_ngram_size": 0,
                 "encoder_no_repeat_ngram_size": 0, "encoder_repetition_penalty": 1.0, "min_length": 0,
                 "min_new_tokens": null, "suppress_tokens": [], "begin_suppress_tokens": null,
                 "forced_bos_token_id": null, "forced_eos_token_id": null, "bad_words_ids": null,
                 "sequence_bias": {}, "exponential_decay_length_penalty": null, "stop_strings": null,
                 "watermarking_config": null, "dola_layers": null, "max_time": null, "repetition_penalty": 1,
                 "temperature": 0.6, "top_p": 0.9}"""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "num_beams| 4| or set it to 1",
                "penalty_alpha| 0.6| or set it to 0",
                "guidance_scale| 1.5| or set it to 1",
                "no_repeat_ngram_size| 3| or set it to 0",
                "encoder_no_repeat_ngram_size| 3| or set it to 0",
                "encoder_repetition_penalty| 1.5| or set it to 1",
                "min_length| 1| or set it to 0",
                "min_new_tokens| 5| or set it to 0",
                "suppress_tokens| [1,2]| Remove it",
                "begin_suppress_tokens| [1]| Remove it",
                "forced_bos_token_id| 0| Remove it",
                "forced_eos_token_id| 2| Remove it",
                "bad_words_ids| [[5]]| Remove it",
                "sequence_bias| [[[5],1.0]]| Remove it",
                "exponential_decay_length_penalty| [5,1.1]| Remove it",
                "stop_strings| [\"a\"]| Remove it",
                "watermarking_config| {\"bias\":2.0}| Remove it",
                "dola_layers| \"high\"| Remove it",
                "max_time| 0.5| Remove it",
                "repetition_penalty| 0.0| is 0.0 where a number above 0 is expected",
                "decoder_start_token_id| 10| the model's vocabulary has ids 0 to 9"
            })
    void refusesWhatItCannotDo(String key, String value, String remedy) {
        CheckpointException e = assertThrows(CheckpointException.class, () -> read("{\"" + key + "\": " + value + "}"));
        assertTrue(e.getMessage().contains("generation_config.json: " + key + " is " + value), e.getMessage());
        assertTrue(e.getMessage().contains(remedy), e.getMessage());
    }

    /** As transformers does, which made such files out of the configuration from version 4.25 on. */
    @Test
    void takesWhatTheModelsConfigurationSaysWhereThereIsNoFileOfItsOwn() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"repetition_penalty\": 1.5, \"max_length\": 50}");
        assertEquals(new RepetitionPenalty(1.5f), GenerationConfig.read(folder, 10).penalty());
        assertEquals(40, GenerationLimits.read(folder, null).afterPrompt(10));
        assertEquals(GenerationConfig.NONE, read("{}"));
        assertEquals(10, GenerationLimits.read(folder, null).afterPrompt(10));
    }

    @Test
    void refusesWhatTheModelsConfigurationAsksFor() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"num_beams\": 4}");
        CheckpointException e = assertThrows(CheckpointException.class, () -> GenerationConfig.read(folder, 10));
        assertTrue(e.getMessage().startsWith(folder.resolve("config.json") + ": num_beams is 4"), e.getMessage());
    }

    private GenerationConfig read(String json) throws IOException {
        Files.writeString(folder.resolve("generation_config.json"), json);
        return GenerationConfig.read(folder, 10);
    }
}
