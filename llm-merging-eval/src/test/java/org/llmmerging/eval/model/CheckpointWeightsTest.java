package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.types.DataType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class CheckpointWeightsTest {

    @ParameterizedTest
    @CsvSource({
        "llama2, false, FLOAT32", "llama2, true, FLOAT16", "gemma2, true, FLOAT16", "flan_t5, false, FLOAT32",
        "flan_t5, true, FLOAT32"
    })
    void evaluatesDecodersAloneInHalfAndOnlyOnAnAccelerator(String model, boolean accelerator, DataType type) {
        ModelConfig config = ModelConfig.read(Golden.model(model));
        assertEquals(type, CheckpointWeights.type(config, accelerator ? Device.gpu(0) : Device.cpu()));
    }
}
