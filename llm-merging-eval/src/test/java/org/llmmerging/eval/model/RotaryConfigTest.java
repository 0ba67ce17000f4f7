package org.llmmerging.eval.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

class RotaryConfigTest {
    @TempDir
    private Path folder;

    @Test
    void readsRotaryScalingInEverySpelling() throws IOException {
        RotaryConfig expected = new RotaryConfig(5e5, new RotaryConfig.Linear(4));
        for (String spelling : List.of(
                "\"rope_theta\": 500000.0, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0}",
                "\"rope_theta\": 500000, \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 4}",
                "\"rope_theta\": 5e5, \"rope_parameters\": {}, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}",
                "\"rope_parameters\": {\"full_attention\": {\"rope_theta\": 5e5, \"rope_type\": \"linear\", \"factor\": 4},"
                        + " \"sliding_attention\": {\"rope_theta\": 500000, \"rope_type\": \"linear\", \"factor\": 4}}",
                "\"partial_rotary_factor\": 1.0, \"rope_parameters\": {\"rope_theta\": 5e5, \"rope_type\": \"linear\","
                        + " \"factor\": 4, \"partial_rotary_factor\": 1}",
                "\"rope_parameters\": {\"rope_theta\": 1e4, \"rope_type\": \"default\"}, \"rope_theta\": 5e5,"
                        + " \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}",
                "\"rope_parameters\": {\"rope_theta\": 5e5, \"rope_type\": \"linear\", \"factor\": 4.0}")) {
            assertEquals(expected, decoder("{\"model_type\": \"llama\", " + spelling + "}").attention().rotary(),
                    spelling);
        }
    }

    /** Three places where the length that a model was trained on may stand, the last the length it is made for. */
    @Test
    void takesTheOriginalLengthFromBesideTheScaling() throws IOException {
        String within = "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1,"
                + " \"high_freq_factor\": 4";
        String llama = "{\"model_type\": \"llama\", \"max_position_embeddings\": 128, ";
        assertEquals(128, originalLength(llama + within + "}}"));
        assertEquals(32, originalLength(llama + within + ", \"original_max_position_embeddings\": 32}}"));
        assertEquals(64, originalLength(llama + "\"original_max_position_embeddings\": 64, " + within + "}}"));
    }

    private double originalLength(String json) throws IOException {
        return assertInstanceOf(RotaryConfig.Llama3.class, decoder(json).attention().rotary().scaling())
                .originalLength();
    }

    /** As transformers computes it. */
    @Test
    void limitsOfRotaryScalingMayBeTheWrongWayRound() {
        float[] frequencies = new RotaryConfig(10000, new RotaryConfig.Llama3(8, 4, 1, 64)).frequencies(8);
        assertArrayEquals(new float[] {1, 0.0125f, 0.00125f, 0.000125f}, frequencies, 1e-7f);
    }

    private DecoderConfig decoder(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return assertInstanceOf(DecoderConfig.class, ModelConfig.read(folder));
    }
}
