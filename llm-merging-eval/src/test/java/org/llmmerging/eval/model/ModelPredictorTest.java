package org.llmmerging.eval.model;

import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.Example;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.CheckpointException;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ModelPredictorTest {
    private static final PredictorOptions OPTIONS = PredictorOptions.defaults().withLengths(null, 12);
    private static final PredictionProgress SILENT = PredictionProgress.NONE;

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "llama3", "flan_t5"})
    void doesNotDependOnBatchSizeOrOnTheOrderOfExamples(String name) {
        List<Example> examples = examples(20261121);
        List<double[]> expected = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        try (ModelPredictor alone = open(name, OPTIONS.withTokensPerBatch(1))) {
            for (Example example : examples) {
                expected.addAll(alone.predictMultipleChoice(List.of(example)));
                texts.addAll(alone.generate(List.of(example)));
            }
        }
        for (int tokens : new int[] {100, 700, 100000}) {
            try (ModelPredictor batched = open(name, OPTIONS.withTokensPerBatch(tokens))) {
                List<double[]> scores = batched.predictMultipleChoice(examples);
                for (int i = 0; i < examples.size(); i++) {
                    double tokensScored = examples.get(i).choices().stream()
                            .mapToInt(choice -> choice.length() + 1)
                            .max()
                            .orElseThrow();
                    assertArrayEquals(expected.get(i), scores.get(i), 2e-5 * tokensScored, "seed 20261121, row " + i);
                }
                assertEquals(texts, batched.generate(examples));
                List<String> reversed = new ArrayList<>(batched.generate(examples.reversed()));
                assertEquals(texts, reversed.reversed());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "gemma2", "flan_t5"})
    void leavesNoArrayAndNoManagerOpen(String name, @TempDir Path folder) {
        Golden.copy(Golden.model("llama2"), folder, "token");
        Golden.copy(Golden.model(name), folder, "");
        ModelPredictor predictor = ModelPredictor.open(folder, OPTIONS.withTokensPerBatch(300), SILENT);
        NDManager manager = predictor.model().manager();
        int weights = predictor.model().config().tensorShapes().size();
        assertTrue(openResources(manager) >= weights);
        int before = openResources(manager);
        predictor.predictMultipleChoice(examples(7));
        predictor.generate(examples(7));
        assertEquals(before, openResources(manager));
        predictor.close();
        assertFalse(manager.isOpen());
        assertEquals(0, openResources(manager));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "flan_t5"})
    void choicesOfTheSameTokensTieExactly(String name) {
        List<Example> examples = new ArrayList<>();
        for (Example example : examples(5)) {
            List<String> choices = new ArrayList<>(example.choices());
            choices.add(1, choices.getLast());
            choices.add(choices.getFirst());
            examples.add(new Example(example.id(), example.input(), null, choices));
        }
        try (ModelPredictor predictor = open(name, OPTIONS)) {
            for (double[] scores : predictor.predictMultipleChoice(examples)) {
                assertEquals(scores[1], scores[scores.length - 2], "seed 5");
                assertEquals(scores[0], scores[scores.length - 1], "seed 5");
            }
        }
    }

    @Test
    void tellsItsProgress() {
        List<String> updates = new ArrayList<>();
        try (ModelPredictor predictor = ModelPredictor.open(
                Golden.model("llama2"), OPTIONS.withTokensPerBatch(1), (done, all) -> updates.add(done + "/" + all))) {
            predictor.generate(examples(1).subList(0, 3));
        }
        assertEquals(List.of("1/3", "2/3", "3/3"), updates);
    }

    @Test
    void scoresByTheKitsRuleOrInFullOrNormalized() {
        float[] values = {-1, -2, -4};
        assertEquals(-6, ScoringMode.KIT.score(values, true));
        assertEquals(-7, ScoringMode.KIT.score(values, false));
        assertEquals(-7, ScoringMode.FULL.score(values, true));
        assertEquals(-7.0 / 3, ScoringMode.NORMALIZED.score(values, true));
        assertEquals(0, ScoringMode.KIT.score(new float[] {-5}, true));
        assertEquals(0, ScoringMode.NORMALIZED.score(new float[0], true));
    }

    /** What the first token adds is its log-probability after the prompt: that of generating it. */
    @Test
    void countsTheFirstTokenInFullScoringOnly() {
        Example example = new Example("1", "a prompt", null, List.of("x", "yes"));
        try (ModelPredictor kit = open("llama2", OPTIONS);
                ModelPredictor full = open("llama2", OPTIONS.withScoring(ScoringMode.FULL))) {
            List<float[]> tokens = kit.tokenLogProbabilities(List.of(example)).getFirst();
            double[] kitScores = kit.predictMultipleChoice(List.of(example)).getFirst();
            double[] fullScores = full.predictMultipleChoice(List.of(example)).getFirst();
            for (int choice = 0; choice < 2; choice++) {
                assertEquals(kitScores[choice] + tokens.get(choice)[0], fullScores[choice], 1e-6);
                assertTrue(tokens.get(choice)[0] < 0);
            }
            assertEquals(2, tokens.get(0).length);
            assertEquals(4, tokens.get(1).length);
        }
    }

    @Test
    void takesTheLengthToGenerateFromGenerationConfigOrTwentyInAll(@TempDir Path folder) throws IOException {
        GenerationLimits none = GenerationLimits.read(folder, null);
        assertEquals(19, none.afterPrompt(1));
        assertEquals(1, none.afterPrompt(200));
        assertEquals(5, GenerationLimits.read(folder, 5).afterPrompt(200));
        Files.writeString(folder.resolve("generation_config.json"), "{\"max_length\": 50}");
        assertEquals(40, GenerationLimits.read(folder, null).afterPrompt(10));
        Files.writeString(folder.resolve("generation_config.json"), "{\"max_new_tokens\": 7}");
        assertEquals(7, GenerationLimits.read(folder, null).afterPrompt(10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {"{\"num_beams\": 4} | num_beams is 4, which",
                "{\"max_length\": 0} | max_length is 0 where a whole"})
    void refusesSettingsOnlyWhereTextIsGenerated(String settings, String expected, @TempDir Path folder)
            throws IOException {
        Golden.copy(Golden.model("llama2"), folder, "");
        Files.writeString(folder.resolve("generation_config.json"), settings);
        List<Example> choices = examples(3);
        Example text = new Example("text", "a prompt", null, List.of());
        try (ModelPredictor predictor = ModelPredictor.open(folder, OPTIONS.withLengths(null, null), SILENT)) {
            assertEquals(Map.of(), predictor.unanswerable(choices));
            assertEquals(choices.size(), predictor.predictMultipleChoice(choices).size());
            for (var run : List.<Runnable>of(
                    () -> predictor.unanswerable(List.of(choices.getFirst(), text)),
                    () -> predictor.generate(List.of(text)))) {
                CheckpointException e = assertThrows(CheckpointException.class, run::run);
                assertTrue(e.getMessage().contains("generation_config.json: " + expected), e.getMessage());
            }
        }
    }

    @Test
    void generatesWithThePenaltyOfGenerationConfig(@TempDir Path folder) throws IOException {
        Golden.copy(Golden.model("llama2"), folder, "");
        List<Example> examples = examples(11);
        Path file = folder.resolve("generation_config.json");
        try (ModelPredictor predictor = ModelPredictor.open(folder, OPTIONS, SILENT)) {
            List<String> plain = predictor.generate(examples);
            Files.writeString(file, "{\"repetition_penalty\": 1.0}");
            assertEquals(plain, predictor.generate(examples));
            Files.writeString(file, "{\"repetition_penalty\": 1.3}");
            assertNotEquals(plain, predictor.generate(examples));
        }
    }

    @Test
    void namesTheTensorThatNaNLogitsComeFrom(@TempDir Path folder) throws IOException {
        Golden.copy(Golden.model("llama2"), folder, "");
        String name = "model.layers.1.mlp.up_proj.weight";
        Golden.poison(folder.resolve("model.safetensors"), name);
        try (ModelPredictor predictor = ModelPredictor.open(folder, OPTIONS, SILENT)) {
            for (var run : List.<Runnable>of(
                    () -> predictor.generate(examples(1)), () -> predictor.predictMultipleChoice(examples(1)))) {
                MergingException e = assertThrows(ModelRunException.class, run::run);
                assertTrue(e.getMessage().contains(name), e.getMessage());
            }
        }
    }

    @Test
    void saysWhichPromptsAreLongerThanTheModelWasMadeFor() {
        // llama2 has 512 positions; a token is a byte, and there is one to begin with.
        Example fits = new Example("fits", "x".repeat(511), null, List.of());
        Example exceeds = new Example("exceeds", "x".repeat(512), null, List.of("a", "b"));
        try (ModelPredictor decoder = open("llama2", OPTIONS)) {
            Map<String, String> reasons = decoder.unanswerable(List.of(fits, exceeds));
            assertEquals(Set.of("exceeds"), reasons.keySet());
            String reason = reasons.get("exceeds");
            assertTrue(reason.contains("513 tokens") && reason.contains("512"), reason);
            assertTrue(reason.contains("--max_seq_len"), reason);
        }
        try (ModelPredictor told = open("llama2", OPTIONS.withLengths(600, 12))) {
            assertEquals(Map.of(), told.unanswerable(List.of(fits, exceeds)));
        }
        try (ModelPredictor relative = open("flan_t5", OPTIONS)) {
            assertEquals(Map.of(), relative.unanswerable(List.of(fits, exceeds)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "flan_t5"})
    void saysWhatToLowerWhenMemoryDoesNotSuffice(String name) {
        // Every token sees every other: terabytes of attention logits.
        Example endless = new Example("endless", "x".repeat(600_000), null, List.of());
        try (ModelPredictor predictor = open(name, OPTIONS)) {
            ModelRunException e = assertThrows(
                    ModelRunException.class, () -> predictor.generate(List.of(endless)));
            assertTrue(e.getMessage().contains("--batch_tokens") && e.getMessage().contains("--max_seq_len"),
                    e.getMessage());
        }
    }

    @Test
    void refusesTokensBeyondTheEmbedding(@TempDir Path folder) throws IOException {
        Golden.copy(Golden.model("llama2"), folder, "");
        Path file = folder.resolve("tokenizer.json");
        ObjectNode json = (ObjectNode) Golden.json(file);
        ObjectNode vocabulary = (ObjectNode) json.path("model").path("vocab");
        vocabulary.put("x", 264);
        Files.writeString(file, json.toString());
        try (ModelPredictor predictor = ModelPredictor.open(folder, OPTIONS, SILENT)) {
            CheckpointException e = assertThrows(
                    CheckpointException.class,
                    () -> predictor.generate(List.of(new Example("1", "x", null, List.of()))));
            assertTrue(e.getMessage().contains("tokenizer.json"), e.getMessage());
            assertTrue(e.getMessage().contains("264"), e.getMessage());
        }
    }

    private static ModelPredictor open(String model, PredictorOptions options) {
        return ModelPredictor.open(Golden.model(model), options, SILENT);
    }

    private static List<Example> examples(long seed) {
        Random random = new Random(seed);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            List<String> choices = new ArrayList<>();
            for (int choice = 0; choice < 2 + i % 4; choice++) {
                choices.add(text(random, 1 + random.nextInt(15)));
            }
            examples.add(new Example("" + i, text(random, random.nextInt(120)), null, choices));
        }
        return examples;
    }

    private static String text(Random random, int length) {
        return random.ints(length, ' ', '~')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Arrays and managers that the manager holds and has not closed. */
    private static int openResources(NDManager manager) {
        try {
            Field field = BaseNDManager.class.getDeclaredField("resources");
            field.setAccessible(true);
            return ((Map<?, ?>) field.get(manager)).size();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("DJL's manager is built otherwise", e);
        }
    }
}
