package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.Shape;

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
        int width = 4096;
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long memory = system.getTotalMemorySize() + system.getTotalSwapSpaceSize();
        long rows = memory / width / Float.BYTES;
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("model.embed_tokens.weight", Shape.of(rows, width));
        shapes.put("model.norm.weight", Shape.of(width));
        String layer = "model.layers.0.";
        for (String name : List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj")) {
            shapes.put(layer + name + ".weight", Shape.of(width, width));
        }
        for (String name : List.of("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")) {
            shapes.put(layer + name + ".weight", Shape.of(width, width));
        }
        shapes.put(layer + "input_layernorm.weight", Shape.of(width));
        shapes.put(layer + "post_attention_layernorm.weight", Shape.of(width));
        writeHoles(folder.resolve("model.safetensors"), shapes);
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "llama", "vocab_size": %d, "hidden_size": %d, "intermediate_size": %d,
                 "num_hidden_layers": 1, "num_attention_heads": 32, "num_key_value_heads": 32,
                 "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "tie_word_embeddings": true}
                """.formatted(rows, width, width));

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

    /** Bfloat16 tensors that take no place on the disk. */
    private static void writeHoles(Path file, Map<String, Shape> shapes) throws IOException {
        StringBuilder header = new StringBuilder();
        long end = 0;
        for (Map.Entry<String, Shape> tensor : shapes.entrySet()) {
            long begin = end;
            end += tensor.getValue().elements() * Short.BYTES;
            header.append(header.isEmpty() ? "{" : ",")
                    .append("\"%s\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(
                            tensor.getKey(), Arrays.toString(tensor.getValue().dimensions()), begin, end));
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(length.array());
            out.write(json);
            out.setLength(Long.BYTES + json.length + end);
        }
    }
}
