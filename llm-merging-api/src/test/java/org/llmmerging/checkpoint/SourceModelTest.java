package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

/** A base with an adapter that brings embeddings and heads of its own, as PEFT saves them. */
class SourceModelTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head.weight";

    @TempDir
    Path folder;

    private LoraFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LoraFixture(folder);
    }

    @Test
    void factorsOfAnEmbeddingAreAddedToTheOneSavedWithThem() throws IOException {
        Map<String, double[]> stored = fixture.write(Map.of(
                "model.embed_tokens.base_layer.weight", Shape.of(7, 4),
                "model.embed_tokens.lora_embedding_A", Shape.of(2, 7),
                "model.embed_tokens.lora_embedding_B", Shape.of(4, 2)));
        fixture.config(LoraFixture.PLAIN);
        double[] saved = value(stored, "model.embed_tokens.base_layer.weight");
        double[] a = value(stored, "model.embed_tokens.lora_embedding_A");
        double[] b = value(stored, "model.embed_tokens.lora_embedding_B");
        double[] expected = new double[28];
        for (int i = 0; i < expected.length; i++) {
            int word = i / 4;
            int unit = i % 4;
            expected[i] = saved[i] + 3 * (b[unit * 2] * a[word] + b[unit * 2 + 1] * a[7 + word]);
        }
        Path base = fixture.base(EMBEDDING, Shape.of(7, 4));
        assertTensor(expected, EMBEDDING, base);
        assertTensor(saved, HEAD, base);
    }

    @Test
    void factorsOfAHeadAreAddedToTheOneSavedWithThem() throws IOException {
        assertTensor(adaptedHead(false), HEAD, fixture.base(HEAD, Shape.of(5, 3)));
    }

    @Test
    void magnitudesAreThoseOfTheHeadSavedWithThem() throws IOException {
        assertTensor(adaptedHead(true), HEAD, fixture.base(HEAD, Shape.of(5, 3)));
    }

    @Test
    void aHeadSavedWithItsFactorsUntiesTheBase() throws IOException {
        assertTensor(adaptedHead(false), HEAD, fixture.base(EMBEDDING, Shape.of(5, 3)));
    }

    @Test
    void aSavedHeadUntiesTheBase() throws IOException {
        Map<String, double[]> stored = fixture.write(Map.of(
                "lm_head.weight", Shape.of(5, 3), "model.embed_tokens.weight", Shape.of(5, 3)));
        fixture.config(LoraFixture.PLAIN + ", \"modules_to_save\": [\"lm_head\", \"embed_tokens\"]");
        Path base = fixture.base(EMBEDDING, Shape.of(5, 3));
        assertTensor(value(stored, HEAD), HEAD, base);
        assertTensor(value(stored, EMBEDDING), EMBEDDING, base);
        assertEquals("[lm_head.weight, model.embed_tokens.weight]", tensors(base));
    }

    @Test
    void anEmbeddingThatPeftSavedUnaskedTakesThePlaceOfTheBases() throws IOException {
        Map<String, double[]> stored = fixture.write(Map.of("model.embed_tokens.weight", Shape.of(5, 3)));
        fixture.config(LoraFixture.PLAIN);
        assertTensor(value(stored, EMBEDDING), EMBEDDING, fixture.base(EMBEDDING, Shape.of(5, 3)));
    }

    @Test
    void aHeadThatWasTheEmbeddingStaysWhatItWasWhenOnlyTheEmbeddingIsTrained() throws IOException {
        double[] trained = value(fixture.write(Map.of(EMBEDDING, Shape.of(5, 3))), EMBEDDING);
        fixture.config(LoraFixture.PLAIN + ", \"modules_to_save\": [\"embed_tokens\"]");
        Path base = fixture.base(EMBEDDING, Shape.of(5, 3));
        assertEquals("[lm_head.weight, model.embed_tokens.weight]", tensors(base));
        assertTensor(trained, EMBEDDING, base);
        try (Checkpoint checkpoint = Checkpoint.open(base)) {
            float[] before = LoraFixture.floats(checkpoint.tensor(EMBEDDING));
            assertTensor(IntStream.range(0, before.length).mapToDouble(i -> before[i]).toArray(), HEAD, base);
        }
    }

    @Test
    void aHeadStaysTiedToAnEmbeddingThatWasSavedUnasked() throws IOException {
        fixture.write(Map.of(EMBEDDING, Shape.of(5, 3)));
        fixture.config(LoraFixture.PLAIN);
        assertEquals("[model.embed_tokens.weight]", tensors(fixture.base(EMBEDDING, Shape.of(5, 3))));
    }

    @Test
    void aHeadStaysTiedWhenItWasTrainedSo() throws IOException {
        fixture.write(Map.of(EMBEDDING, Shape.of(5, 3)));
        fixture.config(LoraFixture.PLAIN + ", \"modules_to_save\": [\"embed_tokens\"], \"ensure_weight_tying\": true");
        assertEquals("[model.embed_tokens.weight]", tensors(fixture.base(EMBEDDING, Shape.of(5, 3))));
    }

    @Test
    void theHeadOfAnOptStaysWhatItWasWhenOnlyTheEmbeddingIsTrained() throws IOException {
        String embedding = "model.decoder.embed_tokens.weight";
        fixture.write(Map.of(embedding, Shape.of(5, 3)));
        fixture.config(LoraFixture.PLAIN + ", \"modules_to_save\": [\"embed_tokens\"]");
        Path base = fixture.base(Map.of(embedding, Shape.of(5, 3), "model.decoder.layers.0.fc1.bias", Shape.of(3)));
        assertEquals("[lm_head.weight, model.decoder.embed_tokens.weight, model.decoder.layers.0.fc1.bias]",
                tensors(base));
    }

    @Test
    void aClassifierGetsNoHead() throws IOException {
        fixture.write(Map.of(EMBEDDING, Shape.of(5, 3)));
        fixture.config(LoraFixture.PLAIN + ", \"modules_to_save\": [\"embed_tokens\"]");
        Path base = fixture.base(Map.of(EMBEDDING, Shape.of(5, 3), "score.weight", Shape.of(2, 3)));
        assertEquals("[model.embed_tokens.weight, score.weight]", tensors(base));
    }

    private String tensors(Path base) {
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint checkpoint = Checkpoint.open(base)) {
            return new SourceModel("base+lora", checkpoint, adapter).tensors().keySet().toString();
        }
    }

    /** Writes an adapter with a head and its factors, and gives the head with the factors applied. */
    private double[] adaptedHead(boolean withMagnitudes) throws IOException {
        Map<String, Shape> shapes = new TreeMap<>(Map.of(
                "lm_head.base_layer.weight", Shape.of(5, 3),
                "lm_head.lora_A.weight", Shape.of(2, 3),
                "lm_head.lora_B.weight", Shape.of(5, 2)));
        if (withMagnitudes) {
            shapes.put("lm_head.lora_magnitude_vector", Shape.of(5));
        }
        Map<String, double[]> stored = fixture.write(shapes);
        fixture.config(LoraFixture.PLAIN + ", \"use_dora\": " + withMagnitudes);
        double[] a = value(stored, "lm_head.lora_A.weight");
        double[] b = value(stored, "lm_head.lora_B.weight");
        double[] head = value(stored, "lm_head.base_layer.weight").clone();
        for (int row = 0; row < 5; row++) {
            double square = 0;
            for (int column = 0; column < 3; column++) {
                int i = row * 3 + column;
                head[i] += 3 * (b[row * 2] * a[column] + b[row * 2 + 1] * a[3 + column]);
                square += head[i] * head[i];
            }
            for (int i = row * 3; withMagnitudes && i < row * 3 + 3; i++) {
                head[i] *= value(stored, "lm_head.lora_magnitude_vector")[row] / Math.sqrt(square);
            }
        }
        return head;
    }

    private void assertTensor(double[] expected, String name, Path base) {
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint checkpoint = Checkpoint.open(base)) {
            adapter.validateAgainst(checkpoint, checkpoint.folder().toString());
            TensorSource source = new SourceModel("base+lora", checkpoint, adapter).source(name);
            float[] values = new float[expected.length];
            source.read(0, values, values.length);
            double[] actual = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                actual[i] = values[i];
            }
            assertEquals(name, source.info().name());
            assertArrayEquals(expected, actual, 1e-5);
        }
    }

    private static double[] value(Map<String, double[]> values, String name) {
        return Objects.requireNonNull(values.get(name), name);
    }
}
