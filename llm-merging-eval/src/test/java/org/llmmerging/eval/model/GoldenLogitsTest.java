package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Logits are those of Hugging Face transformers, for every family and every spelling of its configuration. */
class GoldenLogitsTest {
    /** What two correct float32 implementations differ by, with room to spare; see CASES.md of the reference data. */
    private static final double TOLERANCE = 2e-5;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama2", "llama2_b", "llama2_bf16", "llama2_sharded", "llama3", "llama3_short", "llama_linear",
                "mistral", "mistral_nemo", "qwen2", "gemma", "gemma2", "flan_t5", "flan_t5_b", "t5_v10"
            })
    void equalTheReference(String name) {
        compare(Golden.model(name), name);
    }

    @ParameterizedTest
    @CsvSource({
        "llama2_cfg439, llama2", "t5_v10_cfg439, t5_v10", "llama3_cfg518, llama3", "qwen2_cfg518, qwen2",
        "gemma2_cfg518, gemma2", "flan_t5_cfg518, flan_t5", "t5_v10_cfg518, t5_v10"
    })
    void areTheSameForOtherVersionsOfTheConfiguration(String variant, String base, @TempDir Path folder) {
        Golden.copy(Golden.model(base), folder, "");
        Golden.copy(Golden.folder().resolve("variants").resolve(variant), folder, "");
        compare(folder, base);
    }

    private static void compare(Path folder, String golden) {
        JsonNode cases = Golden.json(Golden.folder().resolve(golden + ".json"));
        Path arrays = Golden.folder().resolve(golden + ".safetensors");
        try (LanguageModel model = LanguageModel.open(folder, Device.cpu())) {
            assertAll(Stream.iterate(0, i -> i + 1).limit(cases.path("batches").size()).map(i -> () -> {
                JsonNode batch = cases.path("batches").get(i);
                switch (model) {
                    case DecoderModel decoder -> compareDecoder(decoder, batch, arrays);
                    case EncoderDecoderModel both -> compareEncoderDecoder(both, batch, arrays);
                }
            }));
            assertTrue(cases.path("batches").size() > 0);
        }
    }

    private static void compareDecoder(DecoderModel model, JsonNode batch, Path arrays) {
        TokenLayout tokens = TokenLayout.masked(Golden.matrix(batch.path("input_ids")),
                Golden.matrix(batch.path("attention_mask")));
        try (NDManager scope = model.manager().newSubManager()) {
            NDArray logits = model.logits(model.hiddenStates(scope, tokens));
            compare(batch.path("logits").asText(), logits, batch.path("attention_mask"), arrays);
        }
    }

    private static void compareEncoderDecoder(EncoderDecoderModel model, JsonNode batch, Path arrays) {
        TokenLayout input = TokenLayout.masked(Golden.matrix(batch.path("input_ids")),
                Golden.matrix(batch.path("attention_mask")));
        int[][] decoderIds = Golden.matrix(batch.path("decoder_input_ids"));
        int[][] decoderMask = Stream.of(decoderIds)
                .map(row -> IntStream.generate(() -> 1).limit(row.length).toArray())
                .toArray(int[][]::new);
        try (NDManager scope = model.manager().newSubManager();
                EncodedInput encoded = model.encode(input)) {
            NDArray logits = model
                    .logits(model.decode(scope, TokenLayout.masked(decoderIds, decoderMask), List.of(encoded), null));
            compare(
                    batch.path("encoder_hidden").asText(), encoded.hidden(), batch.path("attention_mask"), arrays);
            compare(batch.path("logits").asText(), logits, batch.path("labels_mask"), arrays);
        }
    }

    private static void compare(String name, NDArray actual, JsonNode mask, Path arrays) {
        float[] expected = Golden.array(arrays, name);
        float[] values = HostArrays.read(actual);
        assertEquals(expected.length, values.length, name);
        int last = (int) actual.getShape().get(2);
        int width = (int) actual.getShape().get(1);
        double worst = 0;
        int compared = 0;
        for (int i = 0; i < expected.length; i++) {
            int position = i / last;
            if (mask.get(position / width).get(position % width).intValue() == 1) {
                assertTrue(Float.isFinite(values[i]), name + " is not finite");
                worst = Math.max(worst, Math.abs((double) expected[i] - values[i]));
                compared++;
            }
        }
        assertTrue(compared >= last, name + ": nothing was compared");
        assertTrue(worst <= TOLERANCE, name + " differs by " + worst);
    }
}
