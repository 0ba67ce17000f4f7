package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SequenceLogitsTest {

    /** What one run received, by sequence. */
    private static final class Received implements SequenceLogits.Receiver {
        private final List<float[]> values = new ArrayList<>();
        private final List<int[]> tokens = new ArrayList<>();
        private int done;

        Received(List<SequenceLogits.Sequence> sequences, int width) {
            for (SequenceLogits.Sequence each : sequences) {
                int positions = each.labels().length == 0 ? each.input().length : each.labels().length;
                values.add(new float[positions * width]);
                tokens.add(new int[positions * width]);
            }
            this.width = width;
        }

        private final int width;

        @Override
        public void logits(int sequence, int firstPosition, float[] more, int[] ids) {
            System.arraycopy(more, 0, values.get(sequence), firstPosition * width, more.length);
            System.arraycopy(ids, 0, tokens.get(sequence), firstPosition * width, ids.length);
        }

        @Override
        public void done(int sequences) {
            done += sequences;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "llama3", "mistral"})
    void decodersAreAsTransformersSays(String name) {
        try (LanguageModel model = LanguageModel.open(Golden.model(name), Device.cpu())) {
            int vocabulary = model.config().vocabularySize();
            for (JsonNode batch : Golden.json(Golden.folder().resolve(name + ".json")).path("batches")) {
                float[] expected = Golden.array(Golden.folder().resolve(name + ".safetensors"),
                        batch.path("logits").asText());
                List<SequenceLogits.Sequence> sequences = new ArrayList<>();
                List<int[]> columns = new ArrayList<>();
                JsonNode mask = batch.path("attention_mask");
                for (int row = 0; row < mask.size(); row++) {
                    JsonNode seen = mask.get(row);
                    int[] kept = IntStream.range(0, seen.size()).filter(i -> seen.get(i).intValue() == 1).toArray();
                    JsonNode ids = batch.path("input_ids").get(row);
                    columns.add(kept);
                    sequences.add(new SequenceLogits.Sequence(
                            Arrays.stream(kept).map(i -> ids.get(i).intValue()).toArray(), new int[0]));
                }
                Received received = new Received(sequences, vocabulary);
                new SequenceLogits(model, 0).compute(sequences, received);
                int width = mask.get(0).size();
                for (int row = 0; row < columns.size(); row++) {
                    for (int i = 0; i < columns.get(row).length; i++) {
                        int position = row * width + columns.get(row)[i];
                        for (int token = 0; token < vocabulary; token++) {
                            assertEquals(
                                    expected[position * vocabulary + token],
                                    received.values.get(row)[i * vocabulary + token],
                                    2e-5);
                        }
                    }
                }
                assertEquals(sequences.size(), received.done);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "flan_t5"})
    void theLargestAreThoseThatSortingFinds(String name) {
        List<SequenceLogits.Sequence> sequences = new ArrayList<>();
        for (int length : new int[] {3, 300, 1, 17}) {
            int[] input = IntStream.range(0, length).map(i -> 3 + i * 7 % 200).toArray();
            sequences.add(new SequenceLogits.Sequence(
                    input, name.equals("flan_t5") ? new int[] {9, length % 50 + 3, 1} : new int[0]));
        }
        try (LanguageModel model = LanguageModel.open(Golden.model(name), Device.cpu())) {
            int vocabulary = model.config().vocabularySize();
            Received all = new Received(sequences, vocabulary);
            new SequenceLogits(model, 0).compute(sequences, all);
            int k = 5;
            Received largest = new Received(sequences, k);
            new SequenceLogits(model, k).compute(sequences, largest);
            for (int row = 0; row < sequences.size(); row++) {
                float[] full = all.values.get(row);
                for (int position = 0; position < full.length / vocabulary; position++) {
                    int start = position * vocabulary;
                    List<Integer> sorted = IntStream.range(0, vocabulary)
                            .boxed()
                            .sorted(Comparator.comparingDouble(token -> -full[start + token]))
                            .toList();
                    for (int i = 0; i < k; i++) {
                        float value = largest.values.get(row)[position * k + i];
                        assertEquals(full[start + sorted.get(i)], value, 1e-6);
                        assertEquals(full[start + largest.tokens.get(row)[position * k + i]], value, 1e-6);
                    }
                }
            }
        }
    }

    @Test
    void alabelsLogitsAreThoseBeforeItIsRead() {
        try (LanguageModel model = LanguageModel.open(Golden.model("flan_t5"), Device.cpu())) {
            int vocabulary = model.config().vocabularySize();
            List<SequenceLogits.Sequence> sequences = List.of(
                    new SequenceLogits.Sequence(new int[] {5, 6, 1}, new int[] {7, 8}),
                    new SequenceLogits.Sequence(new int[] {5, 6, 1}, new int[] {7, 9, 4}));
            Received received = new Received(sequences, vocabulary);
            new SequenceLogits(model, 0).compute(sequences, received);
            // Up to the label that differs, and at it, the decoder has read the same.
            for (int i = 0; i < 2 * vocabulary; i++) {
                assertEquals(received.values.get(0)[i], received.values.get(1)[i], 1e-5);
            }
        }
    }

    /** Every weight is finite, and sums with the output head overflow: one is infinite, and none is NaN. */
    @ParameterizedTest
    @ValueSource(ints = {0, 3})
    void refusesInfiniteLogits(int k) {
        List<SequenceLogits.Sequence> sequences = List.of(new SequenceLogits.Sequence(new int[] {5, 6}, new int[0]));
        try (LanguageModel opened = LanguageModel.open(Golden.model("llama2"), Device.cpu())) {
            Map<String, NDArray> overflowing = Map.of(
                    "lm_head.weight", oneColumn(opened.weights().get("lm_head.weight"), 3e38f),
                    "model.norm.weight", opened.weights().get("model.norm.weight").mul(1e6f));
            LanguageModel model = LanguageModel.of(opened.config(), new Weights() {
                @Override
                public NDArray get(String name) {
                    return overflowing.getOrDefault(name, opened.weights().get(name));
                }

                @Override
                public boolean contains(String name) {
                    return opened.weights().contains(name);
                }
            }, opened.manager());
            Received received = new Received(sequences, k == 0 ? opened.config().vocabularySize() : k);
            ModelRunException refused = assertThrows(
                    ModelRunException.class, () -> new SequenceLogits(model, k).compute(sequences, received));
            assertTrue(String.valueOf(refused.getMessage()).contains(
                    "the logits are NaN or infinite though every weight is finite"), refused.getMessage());
        }
    }

    /** Zeros but in the first column, which is positive and negative in turn. */
    private static NDArray oneColumn(NDArray head, float value) {
        int columns = (int) head.getShape().get(1);
        return HostArrays.floats(head.getManager(), head.getShape(), buffer -> {
            for (int row = 0; row < head.getShape().get(0); row++) {
                buffer.put(row % 2 == 0 ? value : -value).put(new float[columns - 1]);
            }
        });
    }

    @Test
    void refusesMoreLogitsThanThereAre() {
        try (LanguageModel model = LanguageModel.open(Golden.model("llama2"), Device.cpu())) {
            int vocabulary = model.config().vocabularySize();
            assertThrows(IllegalArgumentException.class, () -> new SequenceLogits(model, vocabulary + 1));
            assertThrows(IllegalArgumentException.class, () -> new SequenceLogits(model, -1));
            assertTrue(vocabulary > 5);
        }
    }
}
