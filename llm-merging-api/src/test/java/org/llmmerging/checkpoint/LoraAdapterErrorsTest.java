package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

class LoraAdapterErrorsTest {
    @TempDir
    Path folder;

    private LoraFixture fixture;

    @BeforeEach
    void setUp() {
        fixture = new LoraFixture(folder);
    }

    @Test
    void namesEverythingInWhichTheBaseDiffers() throws IOException {
        fixture.write(Map.of("a.lora_A.weight", Shape.of(2, 3), "a.lora_B.weight", Shape.of(5, 2),
                "b.lora_A.weight", Shape.of(2, 3), "b.lora_B.weight", Shape.of(5, 2),
                "lm_head.weight", Shape.of(4, 2)));
        fixture.config(
                LoraFixture.PLAIN + ", \"modules_to_save\": [\"lm_head\"], \"base_model_name_or_path\": \"org/other\"");
        Path base = fixture.base(Map.of("a.weight", Shape.of(3, 5), "lm_head.weight", Shape.of(5, 2)));
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint checkpoint = Checkpoint.open(base)) {
            CheckpointException problem = assertThrows(CheckpointException.class,
                    () -> adapter.validateAgainst(checkpoint, checkpoint.folder().toString()));
            String message = String.valueOf(problem.getMessage());
            for (String expected : List.of(folder.toString(), base.toString(), "org/other",
                    "\"a.weight\" is [3, 5] in the base, the adapter needs [5, 3]", "the base lacks \"b.weight\"",
                    "\"lm_head.weight\" is [5, 2] in the base, the adapter needs [4, 2]")) {
                assertTrue(message.contains(expected), message);
            }
            assertThrows(CheckpointException.class, () -> adapter.updateOf(checkpoint.tensor("a.weight")));
        }
    }

    @Test
    void saysWhatToDoWhenTheVocabularyWasResized() throws IOException {
        fixture.write(Map.of("model.embed_tokens.weight", Shape.of(7, 2)));
        fixture.config(LoraFixture.PLAIN);
        assertUnfit(Map.of("model.embed_tokens.weight", Shape.of(5, 2)),
                "is [5, 2] in the base, the adapter needs [7, 2], as after its vocabulary was resized: resize");
    }

    @Test
    void aHeadThatIsNoneOfATiedBaseIsMissing() throws IOException {
        fixture.write(Map.of("lm_head.weight", Shape.of(5, 2)));
        fixture.config(LoraFixture.PLAIN + ", \"modules_to_save\": [\"lm_head\"]");
        assertUnfit(Map.of("model.embed_tokens.weight", Shape.of(4, 2)), "the base lacks \"lm_head.weight\"");
    }

    @Test
    void factorsOfAHeadAloneNeedOneInTheBase() throws IOException {
        fixture.factors("lm_head", 5, 2, 2);
        fixture.config(LoraFixture.PLAIN);
        assertUnfit(Map.of("model.embed_tokens.weight", Shape.of(5, 2)), "the base lacks \"lm_head.weight\"");
    }

    private void assertUnfit(Map<String, Shape> tensors, String expected) {
        try (LoraAdapter adapter = LoraAdapter.open(folder);
                Checkpoint base = Checkpoint.open(fixture.base(tensors))) {
            String message = assertThrows(CheckpointException.class,
                    () -> adapter.validateAgainst(base, base.folder().toString())).getMessage();
            assertTrue(String.valueOf(message).contains(expected), message);
        }
    }

    @Test
    void refusesAPatternThatWouldBeTriedForYears() throws IOException {
        fixture.factors("model.layers.0.self_attn.q_proj_of_a_long_name", 5, 3, 2);
        fixture.config(LoraFixture.PLAIN + ", \"rank_pattern\": {\"(([a-z_.0-9])+)+\\\\2X\": 4}");
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertRefused("adapter_config.json",
                "2X\", which takes too long to match \"model.layers.0.self_attn.q_proj_of_a_long_name\""));
    }

    @ParameterizedTest
    @CsvSource({"layer.lora_A.weight, layer.lora_A.default.weight", "lm_head.weight, lm_head.modules_to_save.weight"})
    void refusesATensorThatIsThereUnderTwoNames(String one, String other) throws IOException {
        Map<String, Shape> tensors = new HashMap<>(
                Map.of("layer.lora_A.weight", Shape.of(2, 3), "layer.lora_B.weight", Shape.of(5, 2)));
        tensors.put(one, Shape.of(2, 3));
        tensors.put(other, Shape.of(2, 3));
        fixture.write(tensors);
        fixture.config(LoraFixture.PLAIN);
        assertRefused("adapter_model.safetensors", "are the same one, spelled differently. Delete one of them");
    }

    static Stream<Arguments> badConfigs() {
        return Stream.of(
                Arguments.of("not valid JSON", "\"r\": "),
                Arguments.of("not valid JSON", LoraFixture.PLAIN + ", \"r\": 2"),
                Arguments.of("peft_type is \"IA3\"", LoraFixture.PLAIN.replace("LORA", "IA3")),
                Arguments.of("r is 0, expected a rank of 1 or more", LoraFixture.PLAIN.replace(": 2", ": 0")),
                Arguments.of("r is 2.5", LoraFixture.PLAIN.replace(": 2", ": 2.5")),
                Arguments.of("lora_alpha is missing", LoraFixture.PLAIN.replace("lora_alpha", "alpha")),
                Arguments.of("lora_alpha is \"x\"", LoraFixture.PLAIN.replace("6", "\"x\"")),
                Arguments.of("rank_pattern is 0", LoraFixture.PLAIN + ", \"rank_pattern\": {\"a\": 0}"),
                Arguments.of("no regular expression", LoraFixture.PLAIN + ", \"alpha_pattern\": {\"(\": 3}"),
                Arguments.of("bias is \"some\"", LoraFixture.PLAIN + ", \"bias\": \"some\""),
                Arguments.of("use_dora is 1", LoraFixture.PLAIN + ", \"use_dora\": 1"),
                Arguments.of("lora_bias is not supported", LoraFixture.PLAIN + ", \"lora_bias\": true"),
                Arguments.of("layer_replication is not supported",
                        LoraFixture.PLAIN + ", \"layer_replication\": [[0, 4]]"),
                Arguments.of("init_lora_weights is \"OLoRA\", which also changes the base",
                        LoraFixture.PLAIN + ", \"init_lora_weights\": \"OLoRA\""),
                Arguments.of("modules_to_save has \"\", expected the name of a module",
                        LoraFixture.PLAIN + ", \"modules_to_save\": [\"\"]"),
                Arguments.of("also changes the base",
                        LoraFixture.PLAIN + ", \"init_lora_weights\": \"pissa_niter_16\""));
    }

    @ParameterizedTest(name = "{0} [{index}]")
    @MethodSource("badConfigs")
    void refusesAConfigItCannotFollow(String expected, String json) throws IOException {
        fixture.factors("layer", 5, 3, 2);
        fixture.config(json);
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
                Arguments.of("neither a LoRA factor nor in modules_to_save", Map.of("norm.weight", a)),
                Arguments.of("neither a LoRA factor nor in modules_to_save", Map.of("x.lora_B.bias", Shape.of(5))),
                Arguments.of("has a base layer F32 of shape [6, 3], its factors need floating point of shape [5, 3]",
                        Map.of("lm_head.lora_A.weight", a, "lm_head.lora_B.weight", b,
                                "lm_head.base_layer.weight", Shape.of(6, 3))),
                Arguments.of("holds no adapter tensors", Map.of()));
    }

    @ParameterizedTest(name = "{0} [{index}]")
    @MethodSource("badTensors")
    void refusesTensorsThatAreNoWholeAdapter(String expected, Map<String, Shape> shapes) throws IOException {
        fixture.write(shapes);
        fixture.config(LoraFixture.PLAIN);
        assertRefused("adapter_model.safetensors", expected);
    }

    @Test
    void countsWhatIsTooMuchToName() throws IOException {
        Map<String, Shape> halves = new HashMap<>();
        StringBuilder ranks = new StringBuilder("\"x\": 0");
        for (int layer = 10; layer < 40; layer++) {
            halves.put("layer" + layer + ".lora_A.weight", Shape.of(2, 3));
            ranks.append(", \"y").append(layer).append("\": 0");
        }
        fixture.write(halves);
        fixture.config(LoraFixture.PLAIN);
        assertRefused(
                "adapter_model.safetensors",
                "; module \"layer19\" has a factor A without B; and 20 more like these");
        fixture.config(LoraFixture.PLAIN + ", \"rank_pattern\": {" + ranks + "}");
        assertRefused("adapter_config.json", "; and 21 more like these");
    }

    @Test
    void refusesDoraWithoutMagnitudes() throws IOException {
        fixture.factors("layer", 5, 3, 2);
        fixture.config(LoraFixture.PLAIN + ", \"use_dora\": true");
        assertRefused("adapter_model.safetensors", "lacks a magnitude");
    }

    @Test
    void refusesTensorsOfAnotherPrefix() throws IOException {
        fixture.config(LoraFixture.PLAIN);
        SafetensorsBytes.writeFloats(folder.resolve("adapter_model.safetensors"), "x.lora_A.weight", 2);
        assertRefused("adapter_model.safetensors", "expected a name that starts with base_model.model.");
    }

    @Test
    void saysWhichFileIsMissing() throws IOException {
        assertFalse(LoraAdapter.isAdapter(folder));
        assertRefused("", "is no LoRA adapter: it has no adapter_config.json");
        fixture.config(LoraFixture.PLAIN);
        assertTrue(LoraAdapter.isAdapter(folder));
        assertRefused("adapter_model.safetensors", "does not exist");
        Files.write(folder.resolve("adapter_model.bin"), new byte[1]);
        assertRefused("adapter_model.bin", "is neither a zip archive");
    }

    private void assertRefused(String file, String expected) {
        CheckpointException problem = assertThrows(CheckpointException.class, () -> LoraAdapter.open(folder).close());
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(folder.resolve(file).toString()), message);
        assertTrue(message.contains(expected), message);
    }
}
