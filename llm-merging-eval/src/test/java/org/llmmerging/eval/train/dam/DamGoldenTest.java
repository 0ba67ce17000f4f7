package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.model.TorchEngine;
import org.llmmerging.eval.model.Weights;
import org.llmmerging.eval.train.TrainableParameters;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Layers and losses agree with what the original repository computes, where that is right. */
class DamGoldenTest {
    private final JsonNode golden = Golden.json(Path.of("src/test/resources/golden/dam/dam.json"));

    @Test
    void aLinearLayerIsTheSumOfTheColumnsOfAllModels() {
        for (JsonNode layer : golden.get("linear")) {
            NonLinearity function = NonLinearity.ofKey(layer.get("non_linearity").asText()).orElseThrow();
            try (NDManager manager = TorchEngine.newManager(Device.cpu());
                    TrainableParameters coefficients = new TrainableParameters(manager)) {
                NDArray mergers = coefficients.addStacked("l.weight", floats(layer.get("mergers")), 3, 6);
                coefficients.addStacked("l.bias", floats(layer.get("bias_mergers")), 3, 1);
                List<Weights> models = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    models.add(weights(Map.of(
                            "l.weight", array(manager, layer.get("weights").get(i), 4, 6),
                            "l.bias", array(manager, layer.get("biases").get(i), 4))));
                }
                MergedWeights merged = new MergedWeights(models.getFirst(), models, coefficients, function);
                merged.merge();
                assertClose(layer.get("merged_weight"), merged.get("l.weight"));
                assertClose(layer.get("merged_bias"), merged.get("l.bias"));
                NDArray x = array(manager, layer.get("x"), 3, 6);
                NDArray y = x.matMul(merged.get("l.weight").transpose()).add(merged.get("l.bias"));
                assertClose(layer.get("y"), y);

                assertClose(layer.get("similarity"), CoefficientLosses.similarity(mergers), 0.01);
                NDArray norms = CoefficientLosses.l1(mergers).add(CoefficientLosses.l2(mergers));
                assertClose(layer.get("l1_l2"), norms, 1e-6);
                assertClose(layer.get("overlap"), CoefficientLosses.overlap(mergers, null), 1e-5);
                List<TensorSource> sources = new ArrayList<>();
                layer.get("weights").forEach(weight -> sources.add(source(weight, 4, 6)));
                float[] weightings = ColumnSimilarity.weights(source(layer.get("base"), 4, 6), sources);
                float[] expected = floats(layer.get("similarity_weightings"));
                for (int i = 0; i < expected.length; i++) {
                    assertEquals(expected[i], weightings[i], 1e-5);
                }
                NDArray conflicts = HostArrays.floats(manager, new Shape(3, 6), buffer -> buffer.put(weightings));
                assertClose(layer.get("weighted_overlap"), CoefficientLosses.overlap(mergers, conflicts), 1e-5);
            }
        }
        assertEquals(4, golden.get("linear").size());
    }

    @Test
    void anEmbeddingHasACoefficientForEachColumnAndANormOneForEachElement() {
        try (NDManager manager = TorchEngine.newManager(Device.cpu());
                TrainableParameters coefficients = new TrainableParameters(manager)) {
            JsonNode embedding = golden.get("embedding");
            JsonNode norm = golden.get("rms_norm");
            coefficients.addStacked("embedding", floats(embedding.get("mergers")), 3, 6);
            coefficients.addStacked("norm", floats(norm.get("mergers")), 3, 6);
            List<Weights> models = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                models.add(weights(Map.of(
                        "embedding", array(manager, embedding.get("embeddings").get(i), 7, 6),
                        "norm", array(manager, norm.get("weights").get(i), 6))));
            }
            MergedWeights merged = new MergedWeights(models.getFirst(), models, coefficients, NonLinearity.NONE);
            merged.merge();
            assertClose(embedding.get("merged"), merged.get("embedding"));
            assertClose(norm.get("merged"), merged.get("norm"));
            NDArray x = array(manager, norm.get("x"), 2, 6);
            NDArray rms = x.square().mean(new int[] {-1}, true).add(norm.get("eps").doubleValue()).sqrt();
            assertClose(norm.get("y"), x.div(rms).mul(merged.get("norm")));
        }
    }

    @Test
    void lossesOfLogitsAreDividedByTheTokensOnce() {
        JsonNode losses = golden.get("losses");
        double temperature = losses.get("temperature").doubleValue();
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            NDArray student = array(manager, losses.get("logits"), 10, 11);
            NDArray teacher = array(manager, losses.get("target_logits"), 10, 11);
            NDArray divergence = LogitLosses.kullbackLeibler(student, teacher, temperature);
            assertClose(losses.get("kl_per_token"), divergence, 1);
            assertClose(losses.get("kl_summed_over_tokens"), divergence, 10);
            assertClose(losses.get("mse_as_original"), LogitLosses.meanSquaredError(student, teacher), 1);
            assertClose(losses.get("entropy_as_original"), LogitLosses.entropy(student, temperature), 0.1);
        }
    }

    private static void assertClose(JsonNode expected, NDArray actual) {
        float[] values = floats(expected);
        float[] found = HostArrays.read(actual.stopGradient());
        assertEquals(values.length, found.length);
        for (int i = 0; i < values.length; i++) {
            assertEquals(values[i], found[i], 1e-5 * Math.abs(values[i]) + 1e-6);
        }
    }

    private static void assertClose(JsonNode expected, NDArray loss, double factor) {
        double value = expected.doubleValue();
        assertEquals(value, factor * loss.getFloat(), 1e-5 * Math.abs(value));
    }

    private static Weights weights(Map<String, NDArray> arrays) {
        return new Weights() {
            @Override
            public NDArray get(String name) {
                return arrays.get(name);
            }

            @Override
            public boolean contains(String name) {
                return arrays.containsKey(name);
            }
        };
    }

    private static TensorSource source(JsonNode matrix, long rows, long columns) {
        float[] values = floats(matrix);
        return new TensorSource() {
            @Override
            public TensorInfo info() {
                return new TensorInfo("l.weight", DType.F32, org.llmmerging.tensor.Shape.of(rows, columns));
            }

            @Override
            public String model() {
                return "golden";
            }

            @Override
            public void read(long first, float[] into, int count) {
                System.arraycopy(values, (int) first, into, 0, count);
            }
        };
    }

    private static NDArray array(NDManager manager, JsonNode node, long... shape) {
        return HostArrays.floats(manager, new Shape(shape), buffer -> buffer.put(floats(node)));
    }

    private static float[] floats(JsonNode node) {
        List<Float> values = new ArrayList<>();
        collect(node, values);
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }

    private static void collect(JsonNode node, List<Float> into) {
        if (node.isArray()) {
            node.forEach(each -> collect(each, into));
        } else {
            into.add(node.floatValue());
        }
    }
}
