package org.llmmerging.eval.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.model.TorchEngine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class AdamWTest {
    private static final long SEED = 20;

    private final JsonNode golden = Golden.json(Path.of("src/test/resources/golden/dam/dam.json")).get("mofo_adamw");

    @Test
    void takesTheStepsOfTheOriginal() {
        assertEquals(3, golden.size());
        for (JsonNode run : golden) {
            Double share = run.get("alpha").isNull() ? null : run.get("alpha").doubleValue();
            try (NDManager manager = TorchEngine.newManager(Device.cpu());
                    TrainableParameters parameters = new TrainableParameters(manager)) {
                NDArray weight = parameters.add("weight", floats(run.get("start")), 20);
                try (AdamW optimizer = new AdamW(parameters, run.get("weight_decay").doubleValue(), share)) {
                    for (int step = 0; step < run.get("grads").size(); step++) {
                        NDArray gradient = array(parameters, floats(run.get("grads").get(step)));
                        parameters.clearGradients();
                        parameters.backward(() -> weight.mul(gradient).sum());
                        optimizer.step(run.get("lr").doubleValue());
                        float[] expected = floats(run.get("after").get(step));
                        float[] actual = parameters.values().get("weight");
                        for (int i = 0; i < expected.length; i++) {
                            assertEquals(expected[i], actual[i], 1e-6 * Math.abs(expected[i]) + 1e-8,
                                    "alpha " + share + ", step " + step + ", element " + i);
                        }
                    }
                }
            }
        }
    }

    @Test
    void goesOnFromItsStateBitByBit() {
        try (NDManager manager = TorchEngine.newManager(Device.cpu());
                TrainableParameters whole = parameters(manager);
                TrainableParameters first = parameters(manager);
                TrainableParameters second = parameters(manager);
                AdamW wholeSteps = new AdamW(whole, 0.01, 0.3);
                AdamW firstSteps = new AdamW(first, 0.01, 0.3);
                AdamW secondSteps = new AdamW(second, 0.01, 0.3)) {
            train(whole, wholeSteps, 0, 7);
            train(first, firstSteps, 0, 4);
            first.values().forEach(second::set);
            secondSteps.restore(firstSteps.steps(), firstSteps.state());
            train(second, secondSteps, 4, 7);
            assertEquals(wholeSteps.steps(), secondSteps.steps());
            assertSameBits(whole.values(), second.values());
            assertSameBits(wholeSteps.state(), secondSteps.state());
        }
    }

    @Test
    void updatesAtLeastOneElementOfAParameterHoweverSmall() {
        try (NDManager manager = TorchEngine.newManager(Device.cpu());
                TrainableParameters parameters = new TrainableParameters(manager)) {
            NDArray bias = parameters.add("bias", new float[] {0.5f}, 1);
            try (AdamW optimizer = new AdamW(parameters, 0, 0.3)) {
                parameters.backward(() -> bias.square().sum());
                optimizer.step(0.1);
                assertEquals(0.4f, parameters.values().get("bias")[0], 1e-6f);
            }
        }
    }

    @Test
    void leavesAParameterWithoutGradientWhereItIs() {
        try (NDManager manager = TorchEngine.newManager(Device.cpu());
                TrainableParameters parameters = new TrainableParameters(manager)) {
            NDArray used = parameters.add("used", new float[] {1, 2}, 2);
            parameters.add("unused", new float[] {3, -0f, Float.MIN_VALUE}, 3);
            try (AdamW optimizer = new AdamW(parameters, 0, null)) {
                parameters.backward(() -> used.square().sum());
                optimizer.step(0.1);
            }
            assertArrayEquals(new float[] {3, -0f, Float.MIN_VALUE}, parameters.values().get("unused"));
            assertEquals(0.9f, parameters.values().get("used")[0], 1e-6f);
        }
    }

    @Test
    void bindsTheGradientsToOneNormTogether() {
        try (NDManager manager = TorchEngine.newManager(Device.cpu());
                TrainableParameters parameters = new TrainableParameters(manager)) {
            NDArray a = parameters.add("a", new float[] {3, 0}, 2);
            NDArray b = parameters.add("b", new float[] {4}, 1, 1);
            parameters.backward(() -> a.square().sum().add(b.square().sum()));
            assertEquals(10, GradientClip.clip(parameters, 20), 1e-6, "within the bound: unchanged");
            assertEquals(10, GradientClip.clip(parameters, 1), 1e-6);
            assertEquals(1, GradientClip.norm(parameters), 1e-6);
            assertArrayEquals(new float[] {0.6f, 0}, HostArrays.read(parameters.gradient("a")), 1e-6f);
            parameters.backward(() -> a.sum());
            assertArrayEquals(new float[] {1.6f, 1}, HostArrays.read(parameters.gradient("a")), 1e-6f);
            parameters.clearGradients();
            assertEquals(0, GradientClip.norm(parameters));
        }
    }

    private static TrainableParameters parameters(NDManager manager) {
        Random random = new Random(SEED);
        TrainableParameters parameters = new TrainableParameters(manager);
        parameters.add("matrix", draw(random, 30), 5, 6);
        parameters.add("vector", draw(random, 4), 4);
        return parameters;
    }

    private static void train(TrainableParameters parameters, AdamW optimizer, int from, int to) {
        for (int step = from; step < to; step++) {
            Random random = new Random(SEED + 1 + step);
            NDArray matrix = array(parameters, draw(random, 30)).reshape(5, 6);
            NDArray vector = array(parameters, draw(random, 4));
            parameters.clearGradients();
            float loss = parameters.backward(() -> parameters.get("matrix").mul(matrix).square().sum()
                    .add(parameters.get("vector").mul(vector).tanh().sum()));
            assertTrue(Float.isFinite(loss), "seed " + SEED);
            optimizer.step(0.05);
        }
    }

    private static NDArray array(TrainableParameters parameters, float[] values) {
        return HostArrays.floats(parameters.manager(), new ai.djl.ndarray.types.Shape(values.length),
                buffer -> buffer.put(values));
    }

    private static float[] draw(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static void assertSameBits(Map<String, float[]> expected, Map<String, float[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, values) -> {
            for (int i = 0; i < values.length; i++) {
                assertEquals(Float.floatToRawIntBits(values[i]), Float.floatToRawIntBits(actual.get(name)[i]), name);
            }
        });
    }

    private static float[] floats(JsonNode array) {
        float[] values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).floatValue();
        }
        return values;
    }
}
