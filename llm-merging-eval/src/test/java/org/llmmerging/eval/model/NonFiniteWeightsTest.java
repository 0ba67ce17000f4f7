package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertTrue;

class NonFiniteWeightsTest {

    @ParameterizedTest
    @CsvSource(
            textBlock = """
                    FLOAT32, true  | embed_tokens.weight holds a NaN or an infinity. Merge again from sound inputs
                    FLOAT32, false | a sum overflowed. The weights are too large; merge again with smaller coefficients
                    FLOAT16, true  | holds a NaN or an infinity in float16, which accelerators run in. Run it in float32
                    FLOAT16, false | a sum overflowed float16, which accelerators run in. Run it in float32, with --device
                    """,
            delimiterString = "|")
    void namesTheTypeAndTheRemedy(String what, String message) {
        boolean isInfinite = what.endsWith("true");
        ModelConfig config = ModelConfig.read(Golden.model("llama2"));
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            float value = isInfinite ? Float.POSITIVE_INFINITY : 65504f;
            NDArray embedding = manager.full(new Shape(2, 3), value).toType(DataType.valueOf(what.split(",")[0]), true);
            Map<String, NDArray> arrays = Map.of(config.embeddingName(), embedding);
            Weights weights = new Weights() {
                @Override
                public NDArray get(String name) {
                    return arrays.get(name);
                }

                @Override
                public boolean contains(String name) {
                    return arrays.containsKey(name);
                }
            };
            LanguageModel model = LanguageModel.of(config, weights, manager);
            String said = NonFiniteWeights.failure(model).getMessage();
            assertTrue(said.contains(message), said);
        }
    }
}
