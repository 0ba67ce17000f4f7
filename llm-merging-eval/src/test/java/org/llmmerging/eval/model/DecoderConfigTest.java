package org.llmmerging.eval.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.checkpoint.CheckpointException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DecoderConfigTest {
    @TempDir
    private Path folder;

    @Test
    void givesAbsentKeysTheDefaultsOfTheirClass() throws IOException {
        DecoderConfig mistral = decoder("{\"model_type\": \"mistral\"}");
        assertEquals(List.of(4096, 128, 8),
                List.of(mistral.hiddenSize(), mistral.dimensions().headSize(), mistral.dimensions().keyValueHeads()));
        assertEquals(4096, mistral.attention().windows().getFirst());
        assertNull(decoder("{\"model_type\": \"mistral\", \"sliding_window\": null}").attention().windows().getFirst());
        DecoderConfig llama = decoder("{\"model_type\": \"llama\", \"num_attention_heads\": 16}");
        assertEquals(16, llama.dimensions().keyValueHeads());
        assertEquals(new RotaryConfig(10000, new RotaryConfig.Unscaled()), llama.attention().rotary());
        DecoderConfig gemma2 = decoder("{\"model_type\": \"gemma2\"}");
        assertEquals(50.0, gemma2.attention().softCap());
        assertTrue(gemma2.tiesEmbeddings());
        assertNull(decoder("{\"model_type\": \"gemma2\", \"attn_logit_softcapping\": null}").attention().softCap());
    }

    @Test
    void gemmasActivationHasANameOfEachVersion() throws IOException {
        String gemma = "{\"model_type\": \"gemma\"";
        assertEquals(Activation.GELU_TANH, decoder(gemma + "}").activation());
        assertEquals(Activation.GELU_TANH, decoder(gemma + ", \"hidden_act\": \"gelu\"}").activation());
        assertEquals(Activation.SILU, decoder(gemma + ", \"hidden_act\": \"silu\"}").activation());
        assertEquals(Activation.GELU_TANH, decoder(gemma + ", \"hidden_activation\": \"gelu\"}").activation());
        assertEquals(
                Activation.SILU,
                decoder(gemma + ", \"hidden_act\": \"silu\", \"hidden_activation\": \"gelu\"}").activation());
        assertEquals(
                Activation.GELU,
                decoder(gemma + ", \"hidden_act\": \"gelu\", \"hidden_activation\": \"gelu\"}").activation());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "mistral| \"sliding_window\": 3, \"layer_types\": [\"full_attention\", \"sliding_attention\"]| null, 3",
                "mistral| \"sliding_window\": null, \"layer_types\": [\"full_attention\", \"full_attention\"]|"
                        + " null, null",
                "qwen2| \"use_sliding_window\": true, \"sliding_window\": 3, \"max_window_layers\": 1| null, 3",
                "qwen2| \"use_sliding_window\": true, \"sliding_window\": null, \"max_window_layers\": 0| null, null",
                "qwen2| \"use_sliding_window\": false, \"sliding_window\": 3, \"max_window_layers\": 0| null, null",
                "gemma2| \"sliding_window\": 3| 3, null",
                "gemma2| \"sliding_window\": null, \"layer_types\": [\"full_attention\", \"full_attention\"]|"
                        + " null, null"
            })
    void givesWindowsToTheLayersThatAreListedOrToThoseOfTheFamily(String family, String keys, String windows)
            throws IOException {
        DecoderConfig config = decoder(
                "{\"model_type\": \"" + family + "\", \"num_hidden_layers\": 2, " + keys + "}");
        assertEquals("[" + windows + "]", config.attention().windows().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "mistral| \"layer_types\": [\"chunked_attention\"]| layer_types has 'chunked_attention', which is not",
                "qwen2| \"layer_types\": [null]| layer_types has null where a string is expected",
                "gemma2| \"layer_types\": [1]| layer_types has 1 where a string is expected",
                "mistral| \"sliding_window\": null, \"layer_types\": [\"sliding_attention\"]| though layer 0 has sliding",
                "qwen2| \"use_sliding_window\": false, \"layer_types\": [\"sliding_attention\"]| use_sliding_window is not",
                "gemma2| \"sliding_window\": null| sliding_window is null, or use_sliding_window is not true, though"
            })
    void refusesLayersThatItCannotRun(String family, String keys, String expected) throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"model_type\": \"" + family + "\", \"num_hidden_layers\": 1, " + keys + "}");
        CheckpointException e = assertThrows(CheckpointException.class, () -> ModelConfig.read(folder));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    private DecoderConfig decoder(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return assertInstanceOf(DecoderConfig.class, ModelConfig.read(folder));
    }
}
