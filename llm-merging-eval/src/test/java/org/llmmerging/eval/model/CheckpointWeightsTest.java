package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorSource;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    @Test
    @EnabledOnOs(OS.LINUX)
    void refusesWeightsThatTheMachineHasNoMemoryFor(@TempDir Path folder) throws IOException {
        LargeModel.write(folder);

        ModelRunException e = assertThrows(ModelRunException.class, () -> LanguageModel.open(folder, Device.cpu()));
        assertTrue(e.getMessage().contains("memory does not suffice for the weights: as float32"), e.getMessage());
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            SourceModel model = new SourceModel(folder.toString(), checkpoint, null);
            e = assertThrows(
                    ModelRunException.class, () -> LanguageModel.checkMemory(List.of(model, model), Device.cpu()));
            assertTrue(e.getMessage().contains("for the weights of 2 models"), e.getMessage());
        }
    }

    @Test
    void fillsATensorThatIsTooLargeForABufferPieceByPiece() {
        for (String name : List.of("llama2", "llama2_bf16")) {
            Path folder = Golden.model(name);
            ModelConfig config = ModelConfig.read(folder);
            try (Checkpoint checkpoint = Checkpoint.open(folder)) {
                SourceModel model = new SourceModel(name, checkpoint, null);
                TensorSource embedding = model.source("model.embed_tokens.weight");
                try (CheckpointWeights weights = CheckpointWeights.of(model, config, Device.cpu());
                        NDArray filled = weights.load(embedding, 1000)) {
                    assertArrayEquals(
                            weights.get("model.embed_tokens.weight").toFloatArray(), filled.toFloatArray(), name);
                }
            }
        }
    }

    @Test
    void countsOnlyWeightsThatAreCopied() {
        assertEquals(0, copiedBytes("llama2"));
        assertEquals(0, copiedBytes("flan_t5"));
        assertTrue(copiedBytes("llama2_bf16") > 0);
    }

    private static long copiedBytes(String model) {
        Path folder = Golden.model(model);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            SourceModel source = new SourceModel(model, checkpoint, null);
            return CheckpointWeights.copiedBytes(source, source.tensors().keySet());
        }
    }
}
