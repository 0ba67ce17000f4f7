package org.llmmerging.eval.train.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.Sha256;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The recipe of the starter models, on models that are smaller still. */
class FamilyTrainingTest {
    private static final long SEED = 11;
    private static final int SCORED_ROWS = 4;
    private static final TrainingPlan PLAN = new TrainingPlan(12, 4, 5e-3, true);
    private static final List<String> FILES = List.of("README.md", "config.json", "generation_config.json",
            "model.safetensors", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json");

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @ValueSource(strings = {"decoder", "adapters", "encoder-decoder"})
    void theLossFallsAndTheSameSeedGivesTheSameBytes(String kind) throws IOException {
        Losses losses = new Losses();
        Map<String, String> first = hashes(train(kind, SEED, "first", losses));
        assertEquals(first, hashes(train(kind, SEED, "second", new Losses())));

        assertEquals(List.of("tiny/base", "tiny/reasoning", "tiny/summaries", "tiny/arithmetic"), losses.models);
        List<Float> ofBase = losses.values.subList(0, PLAN.steps());
        double begin = mean(ofBase.subList(0, 4));
        double end = mean(ofBase.subList(PLAN.steps() - 4, PLAN.steps()));
        assertTrue(end < begin - 0.2, kind + ", seed " + SEED + ": " + ofBase);
    }

    @Test
    void anotherSeedMakesOtherWeightsInTheSameFiles() throws IOException {
        Map<String, String> first = hashes(train("adapters", SEED, "first", new Losses()));
        Map<String, String> others = hashes(train("adapters", SEED + 1, "other", new Losses()));
        assertEquals(first.keySet(), others.keySet());
        for (String file : List.of("base/model.safetensors", "summaries/adapter_model.safetensors")) {
            assertNotEquals(first.get(file), others.get(file), file);
        }
    }

    @Test
    void anEarlierOutputIsReplacedAndAnythingElseLeftAlone() throws IOException {
        Path made = train("decoder", SEED, "twice", new Losses());
        Map<String, String> before = hashes(made);
        assertEquals(before, hashes(train("decoder", SEED, "twice", new Losses())));
        Path occupied = Files.createDirectory(temporary.resolve("occupied"));
        Files.writeString(occupied.resolve("thesis.txt"), "years of work");
        OutputException refused = assertThrows(OutputException.class,
                () -> train("decoder", SEED, "occupied", new Losses()));
        assertTrue(String.valueOf(refused.getMessage()).contains("thesis.txt"), refused.getMessage());
        assertTrue(Files.exists(occupied.resolve("thesis.txt")));
    }

    @Test
    void aWholeModelHasEveryFileAndAnAdapterItsTwo() throws IOException {
        Path made = train("adapters", SEED, "files", new Losses());
        List<String> expected = new ArrayList<>();
        FILES.forEach(file -> expected.add("base/" + file));
        for (Skill skill : Skill.values()) {
            for (String file : List.of("README.md", "adapter_config.json", "adapter_model.safetensors")) {
                expected.add(skill.folder() + "/" + file);
            }
        }
        expected.add("manifest.json");
        assertEquals(expected.stream().sorted().toList(), List.copyOf(hashes(made).keySet()));
    }

    private Path train(String kind, long seed, String folder, StarterModels.Listener listener) {
        return new StarterModels(seed, listener).write(tiny(kind), SCORED_ROWS, temporary.resolve(folder));
    }

    private static StarterFamily tiny(String kind) {
        if (kind.equals("encoder-decoder")) {
            return new StarterFamily(
                    "tiny", new StarterEncoderDecoder(400, 16, 8, 2, 32, 1), TokenizerKind.T5, List.of(), PLAN, PLAN);
        }
        List<StarterAdapter> adapters = new ArrayList<>();
        if (kind.equals("adapters")) {
            for (Skill skill : Skill.values()) {
                adapters.add(new StarterAdapter(skill, 2, 4, List.of("q_proj", "up_proj")));
            }
        }
        return new StarterFamily(
                "tiny",
                new StarterDecoder("llama", "LlamaForCausalLM", 400, 16, 32, 1, 2, 1, 8, 10_000, false, false, null),
                TokenizerKind.LLAMA,
                adapters,
                PLAN,
                PLAN);
    }

    private static double mean(List<Float> values) {
        return values.stream().mapToDouble(Float::doubleValue).average().orElseThrow();
    }

    private static Map<String, String> hashes(Path folder) throws IOException {
        Map<String, String> hashes = new TreeMap<>();
        for (Path file : FolderTree.files(folder)) {
            hashes.put(folder.relativize(file).toString(), Sha256.hex(file));
        }
        return hashes;
    }

    private static final class Losses implements StarterModels.Listener {
        private final List<String> models = new ArrayList<>();
        private final List<Float> values = new ArrayList<>();

        @Override
        public void begin(String model, int steps) {
            models.add(model);
        }

        @Override
        public void step(int step, float loss) {
            values.add(loss);
        }
    }
}
