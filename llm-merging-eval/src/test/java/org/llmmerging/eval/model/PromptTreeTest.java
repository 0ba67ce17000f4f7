package org.llmmerging.eval.model;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.Example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Reading a common beginning once changes how much is read, and no answer. */
class PromptTreeTest {
    private static final long SEED = 20261122;
    private static final float PER_TOKEN = 2e-5f;

    @ParameterizedTest
    @ValueSource(strings = {"llama2", "llama3", "mistral", "qwen2", "gemma2", "flan_t5"})
    void changeNoAnswer(String name, @TempDir Path folder) {
        Golden.copy(Golden.model("llama2"), folder, "token");
        Golden.copy(Golden.model(name), folder, "");
        List<Example> examples = examples(new Random(SEED));
        PredictorOptions options = PredictorOptions.defaults().withLengths(null, 10);
        Answers expected = answers(folder, options.withTokensPerBatch(1).withSharedPrefixes(false), examples);
        for (int tokens : new int[] {1, 600, 50000}) {
            Answers actual = answers(folder, options.withTokensPerBatch(tokens), examples);
            assertEquals(expected.texts, actual.texts, "seed " + SEED);
            for (int row = 0; row < examples.size(); row++) {
                for (int choice = 0; choice < examples.get(row).choices().size(); choice++) {
                    assertArrayEquals(
                            expected.scores.get(row).get(choice),
                            actual.scores.get(row).get(choice),
                            PER_TOKEN,
                            "seed " + SEED + ", row " + row + ", " + tokens + " tokens a batch");
                }
            }
            if (tokens > 1 && !name.equals("flan_t5")) {
                assertTrue(actual.read < 0.8 * expected.read, actual.read + " tokens read of " + expected.read);
            }
        }
    }

    @Test
    void encodesEqualInputsOnce() {
        try (LanguageModel model = LanguageModel.open(Golden.model("flan_t5"), Device.cpu())) {
            EncoderDecoderModel both = (EncoderDecoderModel) model;
            int[] once = {5, 6, 7, 1};
            int[] twice = {8, 9, 1};
            try (EncodedInput encoded = both.encode(List.of(twice, once, twice.clone()), 0)) {
                assertEquals(2 * 4, model.tokensRead());
                assertEquals(3, encoded.tokens().rows());
                float[] hidden = HostArrays.read(encoded.hidden());
                int row = hidden.length / 3;
                assertArrayEquals(
                        Arrays.copyOfRange(hidden, 0, row), Arrays.copyOfRange(hidden, 2 * row, 3 * row));
                assertEquals(9, encoded.tokens().id(2, 1));
                assertEquals(6, encoded.tokens().id(1, 1));
            }
        }
    }

    private record Answers(List<List<float[]>> scores, List<String> texts, long read) {}

    private static Answers answers(Path folder, PredictorOptions options, List<Example> examples) {
        try (ModelPredictor predictor = ModelPredictor.open(folder, options, PredictionProgress.NONE)) {
            return new Answers(
                    predictor.tokenLogProbabilities(examples),
                    predictor.generate(examples),
                    predictor.model().tokensRead());
        }
    }

    /** Families that share the beginning of a prompt, whole prompts among them, and prompts of no family. */
    private static List<Example> examples(Random random) {
        List<Example> examples = new ArrayList<>();
        for (int family = 0; family < 3; family++) {
            String common = text(random, 40 + 30 * family);
            for (String rest : List.of("", "", text(random, 1), text(random, 9), text(random, 30))) {
                examples.add(example(random, examples.size(), common + rest));
            }
            examples.add(example(random, examples.size(), text(random, random.nextInt(100))));
        }
        return examples;
    }

    private static Example example(Random random, int id, String prompt) {
        List<String> choices = new ArrayList<>();
        for (int choice = 0; choice < 1 + id % 3; choice++) {
            choices.add(text(random, 1 + random.nextInt(12)));
        }
        return new Example("" + id, prompt, null, choices);
    }

    private static String text(Random random, int length) {
        return random.ints(length, ' ', '~')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
