package org.llmmerging.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;
import org.llmmerging.tensor.Shape;

class LoraAdapterTest {
    private static final long SEED = 7;
    private static final String PREFIX = "base_model.model.";
    private static final String PLAIN = "\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 6";

    @TempDir
    Path folder;

    private final SplittableRandom random = new SplittableRandom(SEED);

    @ParameterizedTest
    @ValueSource(strings = {
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
            adapter.validateAgainst(base);
            assertEquals(model, adapter.baseModel());
            for (String weight : base.tensors().keySet()) {
                boolean isChanged = adapter.updateOf(base.tensor(weight)).isPresent();
                assertEquals(expected.tensors().containsKey("merged." + weight), isChanged, weight);
                if (isChanged) {
                    float[] merged = floats(expected.tensor("merged." + weight));
                    assertArrayEquals(merged, adapted(adapter, base.tensor(weight)), 1e-6f, weight);
                    compared++;
                }
            }
            assertEquals(compared, adapter.changedTensors().size());
        }
        assertTrue(compared > 0);
    }

    @Test
    void aResultDoesNotDependOnTheBlocks() throws IOException {
        factors("layer", 5, 3, 2, "");
        config(PLAIN);
        Path base = base("layer.weight", Shape.of(5, 3));
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint checkpoint = Checkpoint.open(base)) {
            Tensor weight = checkpoint.tensor("layer.weight");
            float[] whole = adapted(adapter, weight);
            LowRankUpdate update = adapter.updateOf(weight).orElseThrow();
            for (int size = 1; size <= 15; size++) {
                float[] all = floats(weight);
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
        Map<String, double[]> factors = factors("layer", 5, 3, 2, "");
        config(PLAIN + ", \"fan_in_fan_out\": true");
        double[] delta = product(factors, 5, 3, 2);
        assertAdapted("layer.weight", Shape.of(3, 5), (weight, i) -> weight[i] + 3 * delta[i % 5 * 3 + i / 5]);
    }

    @Test
    void addsTheTransposeToAnEmbedding() throws IOException {
        Map<String, double[]> factors = write(
                Map.of("emb.lora_embedding_A", Shape.of(2, 7), "emb.lora_embedding_B", Shape.of(4, 2)));
        config(PLAIN);
        double[] a = factors.get("emb.lora_embedding_A");
        double[] b = factors.get("emb.lora_embedding_B");
        assertAdapted("emb.weight", Shape.of(7, 4), (weight, i) -> {
            int word = i / 4;
            int unit = i % 4;
            return weight[i] + 3 * (b[unit * 2] * a[word] + b[unit * 2 + 1] * a[7 + word]);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"lora_magnitude_vector", "lora_magnitude_vector.weight"})
    void scalesEachOutputToItsMagnitudeWithDora(String magnitude) throws IOException {
        Map<String, double[]> factors = write(Map.of("layer.lora_A.weight", Shape.of(2, 3),
                "layer.lora_B.weight", Shape.of(5, 2), "layer." + magnitude, Shape.of(5)));
        config(PLAIN + ", \"use_dora\": true");
        double[] delta = product(factors, 5, 3, 2);
        double[] trained = factors.get("layer." + magnitude);
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
        Map<String, double[]> factors = write(Map.of("layer.lora_A.weight", Shape.of(2, 3),
                "layer.lora_B.weight", Shape.of(5, 2), "layer.lora_magnitude_vector", Shape.of(5)));
        config(PLAIN + ", \"use_dora\": true, \"fan_in_fan_out\": true");
        double[] delta = product(factors, 5, 3, 2);
        double[] trained = factors.get("layer.lora_magnitude_vector");
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
        write(Map.of("a.up.lora_A.weight", Shape.of(4, 3), "a.up.lora_B.weight", Shape.of(5, 4),
                "a.xup.lora_A.weight", Shape.of(2, 3), "a.xup.lora_B.weight", Shape.of(5, 2)));
        config(PLAIN + ", \"use_rslora\": true, \"rank_pattern\": {\"up\": 4},"
                + " \"alpha_pattern\": {\"a\\\\.u.\": 10, \"up\": 99}");
        Path base = base(Map.of("a.up.weight", Shape.of(5, 3), "a.xup.weight", Shape.of(5, 3)));
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint checkpoint = Checkpoint.open(base)) {
            LowRankUpdate matched = adapter.updateOf(checkpoint.tensor("a.up.weight")).orElseThrow();
            LowRankUpdate other = adapter.updateOf(checkpoint.tensor("a.xup.weight")).orElseThrow();
            assertEquals(10 / Math.sqrt(4), matched.scaling());
            assertEquals(4, matched.rank());
            assertEquals(6 / Math.sqrt(2), other.scaling());
        }
    }

    @Test
    void replacesModulesToSaveAndTrainedBiases() throws IOException {
        Map<String, double[]> stored = write(Map.of("lm_head.weight", Shape.of(4, 2), "layer.bias", Shape.of(3)));
        config(PLAIN + ", \"modules_to_save\": [\"lm_head\"], \"bias\": \"all\"");
        Path base = base(Map.of("lm_head.weight", Shape.of(4, 2), "layer.bias", Shape.of(3)));
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint checkpoint = Checkpoint.open(base)) {
            adapter.validateAgainst(checkpoint);
            assertEquals("[layer.bias, lm_head.weight]", adapter.replaced().keySet().toString());
            Tensor head = Objects.requireNonNull(adapter.replaced().get("lm_head.weight"));
            assertEquals("lm_head.weight", head.info().name());
            assertEquals(stored.get("lm_head.weight")[3], floats(head)[3]);
            assertFalse(adapter.updateOf(checkpoint.tensor("lm_head.weight")).isPresent());
        }
    }

    @Test
    void namesEverythingInWhichTheBaseDiffers() throws IOException {
        write(Map.of("a.lora_A.weight", Shape.of(2, 3), "a.lora_B.weight", Shape.of(5, 2),
                "b.lora_A.weight", Shape.of(2, 3), "b.lora_B.weight", Shape.of(5, 2),
                "lm_head.weight", Shape.of(4, 2)));
        config(PLAIN + ", \"modules_to_save\": [\"lm_head\"], \"base_model_name_or_path\": \"org/other\"");
        Path base = base(Map.of("a.weight", Shape.of(3, 5), "lm_head.weight", Shape.of(5, 2)));
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint checkpoint = Checkpoint.open(base)) {
            CheckpointException problem =
                    assertThrows(CheckpointException.class, () -> adapter.validateAgainst(checkpoint));
            String message = String.valueOf(problem.getMessage());
            for (String expected : List.of(folder.toString(), base.toString(), "org/other",
                    "\"a.weight\" is [3, 5] in the base, the adapter needs [5, 3]", "the base lacks \"b.weight\"",
                    "\"lm_head.weight\" is [5, 2] in the base, the adapter needs [4, 2]")) {
                assertTrue(message.contains(expected), message);
            }
            assertThrows(CheckpointException.class, () -> adapter.updateOf(checkpoint.tensor("a.weight")));
        }
    }

    static Stream<Arguments> badConfigs() {
        return Stream.of(
                Arguments.of("not valid JSON", "\"r\": "),
                Arguments.of("not valid JSON", PLAIN + ", \"r\": 2"),
                Arguments.of("peft_type is \"IA3\"", PLAIN.replace("LORA", "IA3")),
                Arguments.of("r is 0, expected a rank of 1 or more", PLAIN.replace(": 2", ": 0")),
                Arguments.of("r is 2.5", PLAIN.replace(": 2", ": 2.5")),
                Arguments.of("lora_alpha is missing", PLAIN.replace("lora_alpha", "alpha")),
                Arguments.of("lora_alpha is \"x\"", PLAIN.replace("6", "\"x\"")),
                Arguments.of("rank_pattern is 0", PLAIN + ", \"rank_pattern\": {\"a\": 0}"),
                Arguments.of("no regular expression", PLAIN + ", \"alpha_pattern\": {\"(\": 3}"),
                Arguments.of("bias is \"some\"", PLAIN + ", \"bias\": \"some\""),
                Arguments.of("use_dora is 1", PLAIN + ", \"use_dora\": 1"),
                Arguments.of("lora_bias is not supported", PLAIN + ", \"lora_bias\": true"),
                Arguments.of("layer_replication is not supported", PLAIN + ", \"layer_replication\": [[0, 4]]"),
                Arguments.of("also changes the base", PLAIN + ", \"init_lora_weights\": \"pissa_niter_16\""));
    }

    @ParameterizedTest(name = "{0} [{index}]")
    @MethodSource("badConfigs")
    void refusesAConfigItCannotFollow(String expected, String json) throws IOException {
        factors("layer", 5, 3, 2, "");
        config(json);
        assertRefused("adapter_config.json", expected);
    }

    static Stream<Arguments> badTensors() {
        Shape a = Shape.of(2, 3);
        Shape b = Shape.of(5, 2);
        return Stream.of(
                Arguments.of("A without B", Map.of("x.lora_A.weight", a)),
                Arguments.of("B without A", Map.of("x.lora_B.weight", b)),
                Arguments.of("gives it rank 2", Map.of("x.lora_A.weight", Shape.of(3, 3), "x.lora_B.weight", b)),
                Arguments.of("gives it rank 2", Map.of("x.lora_A.weight", a, "x.lora_B.weight", Shape.of(5, 3))),
                Arguments.of("gives it rank 2",
                        Map.of("x.lora_A.weight", Shape.of(0, 3), "x.lora_B.weight", Shape.of(5, 0))),
                Arguments.of("only matrices",
                        Map.of("x.lora_A.weight", Shape.of(2, 3, 1, 1), "x.lora_B.weight", Shape.of(5, 2, 1, 1))),
                Arguments.of("use_dora is false",
                        Map.of("x.lora_A.weight", a, "x.lora_B.weight", b, "x.lora_magnitude_vector", Shape.of(5))),
                Arguments.of("neither a LoRA factor nor in modules_to_save", Map.of("lm_head.weight", a)),
                Arguments.of("neither a LoRA factor nor in modules_to_save", Map.of("x.lora_B.bias", Shape.of(5))),
                Arguments.of("holds no adapter tensors", Map.of()));
    }

    @ParameterizedTest(name = "{0} [{index}]")
    @MethodSource("badTensors")
    void refusesTensorsThatAreNoWholeAdapter(String expected, Map<String, Shape> shapes) throws IOException {
        write(shapes);
        config(PLAIN);
        assertRefused("adapter_model.safetensors", expected);
    }

    @Test
    void refusesDoraWithoutMagnitudes() throws IOException {
        factors("layer", 5, 3, 2, "");
        config(PLAIN + ", \"use_dora\": true");
        assertRefused("adapter_model.safetensors", "lacks a magnitude");
    }

    @Test
    void refusesTensorsOfAnotherPrefix() throws IOException {
        config(PLAIN);
        SafetensorsBytes.writeFloats(folder.resolve("adapter_model.safetensors"), "x.lora_A.weight", 2);
        assertRefused("adapter_model.safetensors", "expected a name that starts with base_model.model.");
    }

    @Test
    void saysWhichFileIsMissing() throws IOException {
        assertFalse(LoraAdapter.isAdapter(folder));
        assertRefused("adapter_config.json", "does not exist");
        config(PLAIN);
        assertTrue(LoraAdapter.isAdapter(folder));
        assertRefused("adapter_model.safetensors", "does not exist");
        Files.write(folder.resolve("adapter_model.bin"), new byte[1]);
        assertRefused("", "Convert it to safetensors");
    }

    private void assertRefused(String file, String expected) {
        CheckpointException problem =
                assertThrows(CheckpointException.class, () -> LoraAdapter.open(folder).close());
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(folder.resolve(file).toString()), message);
        assertTrue(message.contains(expected), message);
    }

    private interface Formula {
        double at(float[] weight, int element);
    }

    private void assertAdapted(String name, Shape shape, Formula formula) {
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint base = Checkpoint.open(base(name, shape))) {
            adapter.validateAgainst(base);
            float[] weight = floats(base.tensor(name));
            float[] actual = adapted(adapter, base.tensor(name));
            for (int i = 0; i < actual.length; i++) {
                double expected = formula.at(weight, i);
                assertEquals(expected, actual[i], 4e-7 * Math.max(1, Math.abs(expected)), "seed " + SEED);
            }
        }
    }

    private void config(String content) throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), "{" + content + "}");
    }

    private Map<String, double[]> factors(String module, long out, long in, long rank, String suffix) {
        return write(Map.of(module + ".lora_A" + suffix + ".weight", Shape.of(rank, in),
                module + ".lora_B" + suffix + ".weight", Shape.of(out, rank)));
    }

    private Map<String, double[]> write(Map<String, Shape> shapes) {
        return write(folder.resolve("adapter_model.safetensors"), PREFIX, shapes);
    }

    private Path base(String name, Shape shape) {
        return base(Map.of(name, shape));
    }

    private Path base(Map<String, Shape> shapes) {
        Path base = folder.resolve("base");
        try {
            Files.createDirectory(base);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(base.resolve("model.safetensors"), "", shapes);
        return base;
    }

    private Map<String, double[]> write(Path file, String prefix, Map<String, Shape> shapes) {
        StringBuilder header = new StringBuilder("{");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        Map<String, double[]> values = new TreeMap<>();
        new TreeMap<>(shapes).forEach((name, shape) -> {
            double[] content = new double[(int) shape.elements()];
            ByteBuffer bytes = ByteBuffer.allocate(4 * content.length)
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < content.length; i++) {
                float value = (float) random.nextDouble(-2, 2);
                content[i] = value;
                bytes.putFloat(value);
            }
            header.append(values.isEmpty() ? "" : ",").append(SafetensorsBytes.entry(
                    prefix + name, "F32", shape.toString(), data.size(), data.size() + bytes.capacity()));
            data.writeBytes(bytes.array());
            values.put(name, content);
        });
        byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        SafetensorsBytes.write(file, text, data.toByteArray());
        return values;
    }

    private static double[] product(Map<String, double[]> factors, int out, int in, int rank) {
        double[] a = Objects.requireNonNull(factors.get("layer.lora_A.weight"));
        double[] b = Objects.requireNonNull(factors.get("layer.lora_B.weight"));
        double[] product = new double[out * in];
        for (int i = 0; i < out; i++) {
            for (int j = 0; j < in; j++) {
                for (int k = 0; k < rank; k++) {
                    product[i * in + j] += b[i * rank + k] * a[k * in + j];
                }
            }
        }
        return product;
    }

    private static float[] adapted(LoraAdapter adapter, Tensor weight) {
        float[] values = floats(weight);
        adapter.updateOf(weight).orElseThrow().addTo(values, 0, values.length);
        return values;
    }

    private static float[] floats(Tensor tensor) {
        float[] values = new float[(int) tensor.info().shape().elements()];
        assertEquals(DType.F32, tensor.info().dtype());
        FloatCodec.of(DType.F32).decode(tensor.data(), 0, values, 0, values.length);
        return values;
    }
}
