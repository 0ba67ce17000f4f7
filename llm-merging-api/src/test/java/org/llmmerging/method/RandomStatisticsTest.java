package org.llmmerging.method;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.MergeMethod;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.Tensor;
import org.llmmerging.tensor.FloatCodec;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The random methods over 200 seeds, against what mergekit's gave over as many. */
class RandomStatisticsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/mergekit");
    private static final int SEEDS = 200;
    /** Smaller tensors have too few draws for a verdict. */
    private static final int SMALLEST = 140;

    static Stream<Arguments> cases() {
        Map<String, double[]> one = Map.of("weight", new double[] {1});
        Map<String, double[]> two = Map.of("weight", new double[] {0.5, 0.4});
        double[] off = {0};
        double[] dareDensities = {0.53, 0.4};
        return Stream.of(
                Arguments.of("dare_linear", new DareLinear(), one, Map.of("density", new double[] {0.53})),
                Arguments.of("dare_linear_2", new DareLinear(), two, Map.of("density", dareDensities)),
                Arguments.of(
                        "dare_linear_norescale",
                        new DareLinear(),
                        one,
                        Map.of("density", new double[] {0.3}, "rescale", off)),
                Arguments.of("dare_ties", new DareTies(), two, Map.of("density", dareDensities)),
                Arguments.of(
                        "della",
                        new Della(),
                        two,
                        Map.of("density", new double[] {0.5, 0.6}, "epsilon", new double[] {0.2, 0.1})),
                Arguments.of("della_linear", new DellaLinear(), one, Map.of("density", new double[] {0.5})),
                Arguments.of(
                        "della_linear_norescale",
                        new DellaLinear(),
                        one,
                        Map.of("density", new double[] {0.6}, "epsilon", new double[] {0.3}, "rescale", off)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void agreesWithMergekit(
            String name, MergeMethod method, Map<String, double[]> weights, Map<String, double[]> settings)
            throws IOException {
        JsonNode stats = new ObjectMapper().readTree(GOLDEN.resolve("random/" + name + "/stats.json").toFile())
                .get("tensors");
        Values values = Values.of(method);
        weights.forEach(values::with);
        settings.forEach(values::with);
        int models = weights.get("weight").length;
        try (Checkpoint base = Checkpoint.open(GOLDEN.resolve("models/t-base"));
                Checkpoint first = Checkpoint.open(GOLDEN.resolve("models/t-ft1"));
                Checkpoint second = Checkpoint.open(GOLDEN.resolve("models/t-ft2"))) {
            for (String tensor : base.tensors().keySet()) {
                float[] origin = read(base.tensor(tensor));
                if (origin.length < SMALLEST) {
                    continue;
                }
                float[][] fineTunes = models == 1
                        ? new float[][] {read(first.tensor(tensor))}
                        : new float[][] {read(first.tensor(tensor)), read(second.tensor(tensor))};
                ArrayInputs inputs = new ArrayInputs(base.tensors().get(tensor).shape(), origin, fineTunes, 1024);
                compare(inputs, origin, method, values, stats.get(tensor), name + " " + tensor);
            }
        }
    }

    private static void compare(
            ArrayInputs inputs, float[] base, MergeMethod method, Values values, JsonNode stats, String message) {
        double[] mean = new double[base.length];
        double length = 0;
        double changed = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            double[] delta = Samples.delta(inputs.merge(method, values.seed(seed)), base);
            for (int i = 0; i < delta.length; i++) {
                mean[i] += delta[i] / SEEDS;
                length += Math.abs(delta[i]) / SEEDS;
                changed += delta[i] != 0 ? 1.0 / SEEDS / delta.length : 0;
            }
        }
        double meanLength = 0;
        for (double each : mean) {
            meanLength += Math.abs(each);
        }
        // Both sides are means over 200 seeds.
        double lengthError = 6 * stats.get("out_delta_L1_std").asDouble() * Math.sqrt(2.0 / SEEDS);
        double expectedLength = stats.get("out_delta_L1_mean").asDouble();
        assertEquals(expectedLength, length, lengthError + 1e-4 * expectedLength, message + ": L1 length");
        double changedError = 6 * Math.sqrt(0.25 * 2 / SEEDS / base.length);
        assertEquals(stats.get("nonzero_fraction_mean").asDouble(), changed, changedError, message + ": share changed");
        double expectedMean = stats.get("mean_delta_L1").asDouble();
        assertEquals(expectedMean, meanLength, 0.05 * expectedMean + lengthError, message + ": mean over seeds");
    }

    private static float[] read(Tensor tensor) {
        float[] values = new float[(int) tensor.info().shape().elements()];
        FloatCodec.of(tensor.info().dtype()).decode(tensor.data(), 0, values, 0, values.length);
        return values;
    }
}
