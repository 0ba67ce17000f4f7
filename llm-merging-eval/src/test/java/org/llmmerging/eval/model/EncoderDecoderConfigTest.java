package org.llmmerging.eval.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EncoderDecoderConfigTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"feed_forward_proj\": \"gated-gelu\"| GELU_TANH| true",
                "\"feed_forward_proj\": \"gated-silu\"| SILU| true",
                "\"feed_forward_proj\": \"relu\"| RELU| false",
                "\"feed_forward_proj\": \"gated-gelu\", \"dense_act_fn\": \"gelu\"| GELU| true",
                "\"feed_forward_proj\": \"relu\", \"dense_act_fn\": \"silu\", \"is_gated_act\": true| SILU| true",
                "\"feed_forward_proj\": \"gated-relu\", \"is_gated_act\": false| RELU| false"
            })
    void takesTheActivationThatIsNamedBeforeTheImpliedOne(String keys, Activation activation, boolean isGated)
            throws IOException {
        EncoderDecoderConfig t5 = encoderDecoder("{\"model_type\": \"t5\", " + keys + "}");
        assertEquals(activation, t5.activation());
        assertEquals(isGated, t5.isGated());
    }

    @Test
    void scalesOutputsOfTiedEmbeddingsUnlessToldOtherwise() throws IOException {
        assertTrue(encoderDecoder("{\"model_type\": \"t5\"}").scalesOutput());
        assertFalse(encoderDecoder("{\"model_type\": \"t5\", \"tie_word_embeddings\": false}").scalesOutput());
        assertFalse(encoderDecoder("{\"model_type\": \"t5\", \"scale_decoder_outputs\": null}").scalesOutput());
    }

    private EncoderDecoderConfig encoderDecoder(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return assertInstanceOf(EncoderDecoderConfig.class, ModelConfig.read(folder));
    }
}
