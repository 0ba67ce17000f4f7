package org.llmmerging.eval.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StarterModelsTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final ValueLayout.OfShort BFLOAT16 = ValueLayout.JAVA_SHORT_UNALIGNED;

    @TempDir
    private static Path temporary;

    private static Path generated = Path.of("");

    @BeforeAll
    static void generate() {
        generated = new StarterModels(StarterModels.DEFAULT_SEED).write(temporary.resolve("models"));
    }

    @Test
    void theCommittedModelsAreMadeAgainByteForByte() throws IOException {
        Path committed = RepositoryFiles.folder("models");
        assertEquals(files(committed), files(generated));
        for (String file : files(committed)) {
            assertArrayEquals(
                    Files.readAllBytes(committed.resolve(file)), Files.readAllBytes(generated.resolve(file)), file);
        }
    }

    @Test
    void theManifestListsEveryOtherFileWithItsSize() throws IOException {
        JsonNode listed = json(generated.resolve("manifest.json")).path("files");
        for (String file : files(generated)) {
            if (!file.equals("manifest.json")) {
                assertEquals(Files.size(generated.resolve(file)), listed.path(file).path("bytes").asLong(), file);
                assertEquals(64, listed.path(file).path("sha256").asText().length(), file);
            }
        }
        assertEquals(files(generated).size() - 1, listed.size());
    }

    @Test
    void allTogetherStaySmall() throws IOException {
        long bytes = 0;
        for (String file : files(generated)) {
            bytes += Files.size(generated.resolve(file));
        }
        assertTrue(bytes < 8 * MEBIBYTE, bytes + " bytes");
    }

    @Test
    void anotherSeedMakesOtherWeightsInTheSameFiles() throws IOException {
        Path other = new StarterModels(StarterModels.DEFAULT_SEED + 1).write(temporary.resolve("other"));
        assertEquals(files(generated), files(other));
        String weights = "llama/base/model.safetensors";
        assertNotEquals(-1, Files.mismatch(generated.resolve(weights), other.resolve(weights)));
    }

    @Test
    void aFolderThatHoldsSomethingElseIsLeftAlone() throws IOException {
        Path occupied = Files.createDirectory(temporary.resolve("occupied"));
        Files.writeString(occupied.resolve("thesis.txt"), "years of work");
        OutputException refused = assertThrows(OutputException.class, () -> new StarterModels(1).write(occupied));
        assertTrue(String.valueOf(refused.getMessage()).contains("occupied"), refused.getMessage());
        assertEquals(List.of("thesis.txt"), files(occupied));
    }

    @ParameterizedTest
    @ValueSource(strings = {"flan-t5", "llama", "llama3", "mistral"})
    void aFineTuneChangesAFifthOfEveryMatrixAndNoShape(String family) {
        try (Checkpoint base = Checkpoint.open(generated.resolve(family).resolve("base"))) {
            for (String skill : StarterFamily.SKILLS) {
                try (Checkpoint tuned = Checkpoint.open(generated.resolve(family).resolve(skill))) {
                    assertEquals(base.tensors(), tuned.tensors(), skill);
                    for (String tensor : base.tensors().keySet()) {
                        assertChangedShare(base, tuned, tensor);
                    }
                }
            }
        }
    }

    private static void assertChangedShare(Checkpoint base, Checkpoint tuned, String tensor) {
        long elements = base.tensor(tensor).info().shape().elements();
        assertEquals(DType.BF16, base.tensor(tensor).info().dtype());
        if (elements < 2000) {
            return;
        }
        long changed = 0;
        for (long i = 0; i < elements; i++) {
            short before = base.tensor(tensor).data().getAtIndex(BFLOAT16, i);
            changed += before == tuned.tensor(tensor).data().getAtIndex(BFLOAT16, i) ? 0 : 1;
        }
        // A fifth is drawn, little of it rounds back to the same bfloat16; five standard deviations of 2000 draws.
        assertEquals(0.2, (double) changed / elements, 0.045, tensor);
    }

    @ParameterizedTest
    @CsvSource({"reasoning, 8, 12", "summaries, 4, 6", "arithmetic, 8, 15"})
    void anAdapterPairsFactorsThatFitItsBase(String skill, int rank, int layers) throws IOException {
        Path adapter = generated.resolve("llama2").resolve(skill);
        JsonNode config = json(adapter.resolve("adapter_config.json"));
        assertEquals("LORA", config.path("peft_type").asText());
        assertEquals(rank, config.path("r").asInt());
        JsonNode factors = safetensorsHeader(adapter.resolve("adapter_model.safetensors"));
        int pairs = 0;
        try (Checkpoint base = Checkpoint.open(generated.resolve("llama2/base"))) {
            for (String weight : base.tensors().keySet()) {
                String module = "base_model.model." + weight.substring(0, weight.length() - ".weight".length());
                JsonNode down = factors.path(module + ".lora_A.weight").path("shape");
                JsonNode up = factors.path(module + ".lora_B.weight").path("shape");
                assertEquals(down.isMissingNode(), up.isMissingNode(), weight);
                if (!down.isMissingNode()) {
                    pairs++;
                    assertEquals(List.of(rank, rank), List.of(down.path(0).asInt(), up.path(1).asInt()), weight);
                    assertEquals(
                            "[%d, %d]".formatted(up.path(0).asInt(), down.path(1).asInt()),
                            base.tensor(weight).info().shape().toString());
                }
            }
        }
        assertEquals(layers, pairs);
        assertEquals(2 * layers, factors.size() - (factors.has("__metadata__") ? 1 : 0));
    }

    @ParameterizedTest
    @CsvSource({"llama, decoder", "llama2, decoder", "llama3, decoder", "mistral, decoder", "flan-t5, encoder_decoder"})
    void theTokenizerIsTheOneThatTheTokenizersLibraryWrites(String family, String golden) throws IOException {
        Path expected = Path.of("src/test/resources/golden/tokenizers", golden + ".json");
        assertEquals(json(expected), json(generated.resolve(family).resolve("base/tokenizer.json")));
    }

    @Test
    void onlyLlama3SharesItsOutputLayerWithTheEmbedding() {
        for (StarterFamily family : StarterFamily.all()) {
            try (Checkpoint base = Checkpoint.open(generated.resolve(family.folder()).resolve("base"))) {
                assertEquals(
                        !family.folder().equals("llama3"),
                        base.tensors().containsKey("lm_head.weight"),
                        family.folder());
            }
        }
    }

    private static JsonNode safetensorsHeader(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        int length = content[0] & 0xFF | (content[1] & 0xFF) << 8 | (content[2] & 0xFF) << 16;
        assertFalse(length + 8 > content.length, "header longer than the file");
        return new ObjectMapper().readTree(content, 8, length);
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(file));
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .map(path -> folder.relativize(path).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }
}
