package org.llmmerging.eval.model;

import ai.djl.Device;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Whether the tensors of a checkpoint are those that its config.json implies. */
class WeightShapesTest {
    @TempDir
    private Path folder;

    @Test
    void reportsEveryTensorThatContradictsItWithBothShapes() throws IOException {
        String message = contradiction("llama2", json -> json.put("intermediate_size", 96).put("vocab_size", 300));
        assertTrue(message.contains("config.json"), message);
        for (String expected : List.of(
                "model.embed_tokens.weight: the configuration implies [300, 48], the checkpoint has [264, 48]",
                "lm_head.weight: the configuration implies [300, 48], the checkpoint has [264, 48]",
                "model.layers.0.mlp.gate_proj.weight: the configuration implies [96, 48], the checkpoint has [88, 48]",
                "layers.1.mlp.down_proj.weight: the configuration implies [48, 96], the checkpoint has [48, 88]")) {
            assertTrue(message.contains(expected), message);
        }
    }

    /** Each of these would run, and give wrong logits. */
    @Test
    void reportsTensorsThatItLeavesNoPlaceFor() throws IOException {
        String fewer = contradiction("llama2", json -> json.put("num_hidden_layers", 1));
        assertTrue(fewer.contains("implies 1 blocks, the checkpoint has block 1"), fewer);
        String biased = contradiction("llama_linear", json -> json.put("attention_bias", false));
        assertTrue(biased.contains("q_proj.bias: the configuration implies no bias, the checkpoint has [48]"), biased);
    }

    @Test
    void reportsTensorsThatAreMissing() throws IOException {
        String more = contradiction("llama2", json -> json.put("num_hidden_layers", 3));
        assertTrue(more.contains("model.layers.2.self_attn.q_proj.weight: the configuration implies [48, 48],"), more);
        assertTrue(more.contains("the checkpoint has no such tensor"), more);
        String untied = contradiction("t5_v10", json -> json.put("tie_word_embeddings", false));
        assertTrue(untied.contains("lm_head.weight"), untied);
    }

    @ParameterizedTest
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    @CsvSource({"llama2, num_hidden_layers", "mistral, num_hidden_layers", "t5_v10, num_decoder_layers"})
    void tellsAtOnceOfACountThatIsOutOfAllMeasure(String model, String key) throws IOException {
        String message = contradiction(model, json -> json.put(key, 1_000_000_000));
        assertTrue(message.contains("the configuration implies 1000000000 blocks, the checkpoint has "), message);
    }

    /** A line for every tensor would be three hundred of them. */
    @Test
    void reportsInOneLineWhatManyBlocksShare() throws IOException {
        String model = """
                {"model_type": "llama", "hidden_size": %d, "intermediate_size": 88, "num_attention_heads": 4,
                 "num_hidden_layers": %d, "vocab_size": 264}""";
        SortedMap<String, TensorInfo> tensors = tensors(decoder(model.formatted(48, 32)));
        tensors.remove("model.layers.7.mlp.up_proj.weight");
        List<String> wider = problem(decoder(model.formatted(64, 32)), tensors).lines().toList();
        assertEquals(1 + 9 + 1 + 3 + 1, wider.size(), wider.toString());
        for (String line : List.of(
                "self_attn.q_proj.weight: the configuration implies [64, 64], the checkpoint has [48, 48]; likewise blocks 1"
                        + " to 31",
                "mlp.up_proj.weight: the configuration implies [88, 64], the checkpoint has [88, 48]; likewise blocks 1 to 6,"
                        + " 8 to 31")) {
            assertTrue(wider.contains("  model.layers.0." + line), wider.toString());
        }
        String lost = "mlp.up_proj.weight: the configuration implies [88, 64], the checkpoint has no such tensor";
        assertTrue(wider.contains("  model.layers.7." + lost), wider.toString());
        String fewer = problem(decoder(model.formatted(48, 2)), tensors(decoder(model.formatted(48, 32))));
        assertEquals(3, fewer.lines().count(), fewer);
        String blocks = "the configuration implies 2 blocks, the checkpoint has block 2 with [48]; likewise blocks 3 to 31";
        assertTrue(fewer.contains("  model.layers.2.input_layernorm.weight: " + blocks), fewer);
    }

    @Test
    void tellsHowToSaveWeightsOfATypeThatCannotBeRun() throws IOException {
        DecoderConfig config = decoder(
                "{\"model_type\": \"llama\", \"num_hidden_layers\": 1, \"tie_word_embeddings\": true}");
        SortedMap<String, TensorInfo> tensors = tensors(config);
        tensors.replaceAll((name, info) -> new TensorInfo(name, DType.F8_E4M3, info.shape()));
        CheckpointException e = assertThrows(CheckpointException.class, () -> config.verifiedShapes(tensors));
        assertEquals(
                folder + ": tensor model.embed_tokens.weight is of type F8_E4M3, which cannot be run, and 10 more tensors"
                        + " are of such types. Save the model dequantized, in float32, float16 or bfloat16",
                e.getMessage());
    }

    private String contradiction(String model, Consumer<ObjectNode> change) throws IOException {
        Golden.copy(Golden.model(model), folder, "");
        Path file = folder.resolve("config.json");
        ObjectNode json = (ObjectNode) Golden.json(file);
        change.accept(json);
        Files.writeString(file, json.toString());
        return String.valueOf(assertThrows(
                CheckpointException.class, () -> LanguageModel.open(folder, Device.cpu()))
                .getMessage());
    }

    private static String problem(DecoderConfig config, SortedMap<String, TensorInfo> tensors) {
        return String.valueOf(
                assertThrows(CheckpointException.class, () -> config.verifiedShapes(tensors)).getMessage());
    }

    private static SortedMap<String, TensorInfo> tensors(DecoderConfig config) {
        SortedMap<String, TensorInfo> tensors = new TreeMap<>();
        config.tensorShapes().forEach((name, shape) -> tensors.put(name, new TensorInfo(name, DType.F32, shape)));
        if (!config.tiesEmbeddings()) {
            tensors.put(config.headName(), tensors.get(config.embeddingName()));
        }
        return tensors;
    }

    private DecoderConfig decoder(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return assertInstanceOf(DecoderConfig.class, ModelConfig.read(folder));
    }
}
