package org.llmmerging.checkpoint;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LoraAdapterTest {
    @TempDir
    Path folder;

    private LoraFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LoraFixture(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flan_t5_lora_r4", "flan_t5_lora_r4b", "flan_t5_lora_r8", "llama2_lora_all_r8", "llama2_lora_pattern",
                "llama2_lora_r4", "llama2_lora_r8", "llama2_lora_rs",
            })
    void mergesAsPeftDoes(String name) throws URISyntaxException {
        Path golden = Path.of(Objects.requireNonNull(getClass().getResource("/golden/hf")).toURI());
        String model = name.substring(0, name.indexOf("_lora"));
        int compared = 0;
        try (LoraAdapter adapter = LoraAdapter.open(golden.resolve("adapters").resolve(name));
                Checkpoint base = Checkpoint.open(golden.resolve("models").resolve(model));
                SafetensorsFile expected = SafetensorsFile.open(golden.resolve(name + ".safetensors"))) {
            adapter.validateAgainst(base, base.folder().toString());
            for (String weight : base.tensors().keySet()) {
                boolean isChanged = adapter.updateOf(base.tensor(weight)).isPresent();
                assertEquals(expected.tensors().containsKey("merged." + weight), isChanged, weight);
                if (isChanged) {
                    float[] merged = LoraFixture.floats(expected.tensor("merged." + weight));
                    assertArrayEquals(merged, LoraFixture.adapted(adapter, base.tensor(weight)), 1e-6f, weight);
                    compared++;
                }
            }
        }
        assertTrue(compared > 0);
    }

    @Test
    void isReadAlikeWhereTorchSavedIt() throws IOException, URISyntaxException {
        Path golden = Path.of(Objects.requireNonNull(getClass().getResource("/golden/hf")).toURI());
        Path stored = golden.resolve("adapters").resolve("llama2_lora_r8");
        Files.copy(stored.resolve("adapter_config.json"), folder.resolve("adapter_config.json"));
        TorchBytes.convert(stored.resolve("adapter_model.safetensors"), folder.resolve("adapter_model.bin"));
        try (LoraAdapter expected = LoraAdapter.open(stored);
                LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint base = Checkpoint.open(golden.resolve("models").resolve("llama2"))) {
            int changed = 0;
            for (String name : base.tensors().keySet()) {
                Tensor weight = base.tensor(name);
                boolean isChanged = expected.updateOf(weight).isPresent();
                assertEquals(isChanged, adapter.updateOf(weight).isPresent(), name);
                if (isChanged) {
                    float[] adapted = LoraFixture.adapted(expected, weight);
                    assertArrayEquals(adapted, LoraFixture.adapted(adapter, weight), name);
                    changed++;
                }
            }
            assertTrue(changed > 0);
            adapter.verifyUnchanged();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aResultDoesNotDependOnTheBlocks(boolean isFanInFirst) throws IOException {
        fixture.write(Map.of("layer.lora_A.weight", Shape.of(2, 3),
                "layer.lora_B.weight", Shape.of(5, 2), "layer.lora_magnitude_vector", Shape.of(5)));
        fixture.config(LoraFixture.PLAIN + ", \"use_dora\": true, \"fan_in_fan_out\": " + isFanInFirst);
        Path base = fixture.base("layer.weight", isFanInFirst ? Shape.of(3, 5) : Shape.of(5, 3));
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint checkpoint = Checkpoint.open(base)) {
            Tensor weight = checkpoint.tensor("layer.weight");
            float[] whole = LoraFixture.adapted(adapter, weight);
            LowRankUpdate update = adapter.updateOf(weight).orElseThrow();
            for (int size = 1; size <= 15; size++) {
                float[] all = LoraFixture.floats(weight);
                for (int at = 0; at < all.length; at += size) {
                    int count = Math.min(size, all.length - at);
                    float[] block = Arrays.copyOfRange(all, at, at + count);
                    update.addTo(block, at, count);
                    System.arraycopy(block, 0, all, at, count);
                }
                assertArrayEquals(whole, all, 0f);
            }
            assertThrows(IndexOutOfBoundsException.class, () -> update.addTo(new float[2], 14, 2));
        }
    }

    @Test
    void addsTheTransposeToAWeightStoredFanInFirst() throws IOException {
        Map<String, double[]> factors = fixture.factors("layer", 5, 3, 2);
        fixture.config(LoraFixture.PLAIN + ", \"fan_in_fan_out\": true");
        double[] delta = LoraFixture.product(factors, 5, 3, 2);
        assertAdapted("layer.weight", Shape.of(3, 5), (weight, i) -> weight[i] + 3 * delta[i % 5 * 3 + i / 5]);
    }

    @Test
    void addsTheTransposeToAnEmbedding() throws IOException {
        Map<String, double[]> factors = fixture.write(
                Map.of("emb.lora_embedding_A", Shape.of(2, 7), "emb.lora_embedding_B", Shape.of(4, 2)));
        fixture.config(LoraFixture.PLAIN);
        double[] a = value(factors, "emb.lora_embedding_A");
        double[] b = value(factors, "emb.lora_embedding_B");
        assertAdapted("emb.weight", Shape.of(7, 4), (weight, i) -> {
            int word = i / 4;
            int unit = i % 4;
            return weight[i] + 3 * (b[unit * 2] * a[word] + b[unit * 2 + 1] * a[7 + word]);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora_magnitude_vector", "lora_magnitude_vector.weight"})
    void scalesEachOutputToItsMagnitudeWithDora(String magnitude) throws IOException {
        Map<String, double[]> factors = fixture.write(Map.of("layer.lora_A.weight", Shape.of(2, 3),
                "layer.lora_B.weight", Shape.of(5, 2), "layer." + magnitude, Shape.of(5)));
        fixture.config(LoraFixture.PLAIN + ", \"use_dora\": true");
        double[] delta = LoraFixture.product(factors, 5, 3, 2);
        double[] trained = value(factors, "layer." + magnitude);
        assertAdapted("layer.weight", Shape.of(5, 3), (weight, i) -> {
            int row = i / 3;
            double square = 0;
            for (int j = 0; j < 3; j++) {
                square += Math.pow(weight[row * 3 + j] + 3 * delta[row * 3 + j], 2);
            }
            return trained[row] * (weight[i] + 3 * delta[i]) / Math.sqrt(square);
        });
    }

    @Test
    void scalesEachOutputToItsMagnitudeWhenStoredFanInFirst() throws IOException {
        Map<String, double[]> factors = fixture.write(Map.of("layer.lora_A.weight", Shape.of(2, 3),
                "layer.lora_B.weight", Shape.of(5, 2), "layer.lora_magnitude_vector", Shape.of(5)));
        fixture.config(LoraFixture.PLAIN + ", \"use_dora\": true, \"fan_in_fan_out\": true");
        double[] delta = LoraFixture.product(factors, 5, 3, 2);
        double[] trained = value(factors, "layer.lora_magnitude_vector");
        assertAdapted("layer.weight", Shape.of(3, 5), (weight, i) -> {
            int out = i % 5;
            double square = 0;
            for (int in = 0; in < 3; in++) {
                square += Math.pow(weight[in * 5 + out] + 3 * delta[out * 3 + in], 2);
            }
            return trained[out] * (weight[i] + 3 * delta[out * 3 + i / 5]) / Math.sqrt(square);
        });
    }

    @Test
    void takesTheFirstPatternThatMatchesTheEndOfAModulesName() throws IOException {
        fixture.write(Map.of("a.up.lora_A.weight", Shape.of(4, 3), "a.up.lora_B.weight", Shape.of(5, 4),
                "a.xup.lora_A.weight", Shape.of(2, 3), "a.xup.lora_B.weight", Shape.of(5, 2)));
        fixture.config(LoraFixture.PLAIN + ", \"use_rslora\": true, \"rank_pattern\": {\"up\": 4},"
                + " \"alpha_pattern\": {\"a\\\\.u.\": 10, \"up\": 99}");
        LoraAdapter.open(folder).close();
        LoraConfig config = LoraConfigReader.read(folder.resolve(LoraAdapter.CONFIG));
        assertEquals(10 / Math.sqrt(4), config.scalingOf("a.up"));
        assertEquals(4, config.rankOf("a.up"));
        assertEquals(6 / Math.sqrt(2), config.scalingOf("a.xup"));
    }

    @Test
    void replacesModulesToSaveAndTrainedBiases() throws IOException {
        Map<String, double[]> stored = fixture
                .write(Map.of("lm_head.weight", Shape.of(4, 2), "layer.bias", Shape.of(3)));
        fixture.config(LoraFixture.PLAIN + ", \"modules_to_save\": [\"lm_head\"], \"bias\": \"all\"");
        Path base = fixture.base(Map.of("lm_head.weight", Shape.of(4, 2), "layer.bias", Shape.of(3)));
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint checkpoint = Checkpoint.open(base)) {
            adapter.validateAgainst(checkpoint, checkpoint.folder().toString());
            assertEquals("[layer.bias, lm_head.weight]", adapter.replaced().keySet().toString());
            Tensor head = Objects.requireNonNull(adapter.replaced().get("lm_head.weight"));
            assertEquals("lm_head.weight", head.info().name());
            assertEquals(value(stored, "lm_head.weight")[3], LoraFixture.floats(head)[3]);
            assertFalse(adapter.updateOf(checkpoint.tensor("lm_head.weight")).isPresent());
        }
    }

    @Test
    void findsModulesToSaveByTheEndsOfTheirNames() throws IOException {
        String norm = "model.layers.0.input_layernorm.weight";
        fixture.write(Map.of(norm, Shape.of(3), "model.layers.0.mlp.up_proj.weight", Shape.of(4, 3)));
        fixture.config(LoraFixture.PLAIN + ", \"modules_to_save\": [\"norm\", \"mlp\"]");
        try (LoraAdapter adapter = LoraAdapter.open(folder)) {
            assertEquals("[" + norm + ", model.layers.0.mlp.up_proj.weight]", adapter.replaced().keySet().toString());
        }
    }

    private interface Formula {
        double at(float[] weight, int element);
    }

    private void assertAdapted(String name, Shape shape, Formula formula) {
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint base = Checkpoint.open(fixture.base(name, shape))) {
            adapter.validateAgainst(base, base.folder().toString());
            float[] weight = LoraFixture.floats(base.tensor(name));
            float[] actual = LoraFixture.adapted(adapter, base.tensor(name));
            for (int i = 0; i < actual.length; i++) {
                double expected = formula.at(weight, i);
                assertEquals(expected, actual[i], 4e-7 * Math.max(1, Math.abs(expected)), "seed " + LoraFixture.SEED);
            }
        }
    }

    private static double[] value(Map<String, double[]> values, String name) {
        return Objects.requireNonNull(values.get(name), name);
    }
}
