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

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ModelConfigTest {
    @TempDir
    private Path folder;

    @Test
    void givesAbsentKeysTheDefaultsOfTheirClass() throws IOException {
        DecoderConfig mistral = decoder("{\"model_type\": \"mistral\"}");
        assertEquals(List.of(4096, 128, 8),
                List.of(mistral.hiddenSize(), mistral.dimensions().headSize(), mistral.dimensions().keyValueHeads()));
        assertEquals(4096, mistral.attention().windows().getFirst());
        assertNull(decoder("{\"model_type\": \"mistral\", \"sliding_window\": null}").attention().windows().getFirst());
        DecoderConfig llama = decoder("{\"model_type\": \"llama\", \"num_attention_heads\": 16}");
        assertEquals(16, llama.dimensions().keyValueHeads());
        assertEquals(new RotaryConfig(10000, new RotaryConfig.Unscaled()), llama.attention().rotary());
        DecoderConfig gemma2 = decoder("{\"model_type\": \"gemma2\"}");
        assertEquals(50.0, gemma2.attention().softCap());
        assertTrue(gemma2.tiesEmbeddings());
        assertNull(decoder("{\"model_type\": \"gemma2\", \"attn_logit_softcapping\": null}").attention().softCap());
    }

    /** Three places where the length that a model was trained on may stand, the last the length it is made for. */
    @Test
    void takesTheOriginalLengthFromBesideTheScaling() throws IOException {
        String within = "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8, \"low_freq_factor\": 1,"
                + " \"high_freq_factor\": 4";
        String llama = "{\"model_type\": \"llama\", \"max_position_embeddings\": 128, ";
        assertEquals(128, originalLength(llama + within + "}}"));
        assertEquals(32, originalLength(llama + within + ", \"original_max_position_embeddings\": 32}}"));
        assertEquals(64, originalLength(llama + "\"original_max_position_embeddings\": 64, " + within + "}}"));
    }

    private double originalLength(String json) throws IOException {
        return assertInstanceOf(RotaryConfig.Llama3.class, decoder(json).attention().rotary().scaling())
                .originalLength();
    }

    @Test
    void gemmasActivationHasANameOfEachVersion() throws IOException {
        String gemma = "{\"model_type\": \"gemma\"";
        assertEquals(Activation.GELU_TANH, decoder(gemma + "}").activation());
        assertEquals(Activation.GELU_TANH, decoder(gemma + ", \"hidden_act\": \"gelu\"}").activation());
        assertEquals(Activation.SILU, decoder(gemma + ", \"hidden_act\": \"silu\"}").activation());
        assertEquals(
                Activation.SILU,
                decoder(gemma + ", \"hidden_act\": \"silu\", \"hidden_activation\": \"gelu\"}").activation());
        assertEquals(
                Activation.GELU,
                decoder(gemma + ", \"hidden_act\": \"gelu\", \"hidden_activation\": \"gelu\"}").activation());
    }

    /** As transformers computes it. */
    @Test
    void limitsOfRotaryScalingMayBeTheWrongWayRound() {
        float[] frequencies = new RotaryConfig(10000, new RotaryConfig.Llama3(8, 4, 1, 64)).frequencies(8);
        assertArrayEquals(new float[] {1, 0.0125f, 0.00125f, 0.000125f}, frequencies, 1e-7f);
    }

    @Test
    void readsRotaryScalingInEverySpelling() throws IOException {
        RotaryConfig expected = new RotaryConfig(5e5, new RotaryConfig.Linear(4));
        for (String spelling : List.of(
                "\"rope_theta\": 500000.0, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4.0}",
                "\"rope_theta\": 500000, \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 4}",
                "\"rope_theta\": 5e5, \"rope_parameters\": {}, \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}",
                "\"rope_parameters\": {\"full_attention\": {\"rope_theta\": 5e5, \"rope_type\": \"linear\", \"factor\": 4},"
                        + " \"sliding_attention\": {\"rope_theta\": 500000, \"rope_type\": \"linear\", \"factor\": 4}}",
                "\"partial_rotary_factor\": 1.0, \"rope_parameters\": {\"rope_theta\": 5e5, \"rope_type\": \"linear\","
                        + " \"factor\": 4, \"partial_rotary_factor\": 1}",
                "\"rope_parameters\": {\"rope_theta\": 1e4, \"rope_type\": \"default\"}, \"rope_theta\": 5e5,"
                        + " \"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}",
                "\"rope_parameters\": {\"rope_theta\": 5e5, \"rope_type\": \"linear\", \"factor\": 4.0}")) {
            assertEquals(expected, decoder("{\"model_type\": \"llama\", " + spelling + "}").attention().rotary(),
                    spelling);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "mistral| \"sliding_window\": 3, \"layer_types\": [\"full_attention\", \"sliding_attention\"]| null, 3",
                "mistral| \"sliding_window\": null, \"layer_types\": [\"full_attention\", \"full_attention\"]|"
                        + " null, null",
                "qwen2| \"use_sliding_window\": true, \"sliding_window\": 3, \"max_window_layers\": 1| null, 3",
                "qwen2| \"use_sliding_window\": true, \"sliding_window\": null, \"max_window_layers\": 0| null, null",
                "qwen2| \"use_sliding_window\": false, \"sliding_window\": 3, \"max_window_layers\": 0| null, null",
                "gemma2| \"sliding_window\": 3| 3, null",
                "gemma2| \"sliding_window\": null, \"layer_types\": [\"full_attention\", \"full_attention\"]|"
                        + " null, null"
            })
    void givesWindowsToTheLayersThatAreListedOrToThoseOfTheFamily(String family, String keys, String windows)
            throws IOException {
        DecoderConfig config = decoder(
                "{\"model_type\": \"" + family + "\", \"num_hidden_layers\": 2, " + keys + "}");
        assertEquals("[" + windows + "]", config.attention().windows().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "mistral| \"layer_types\": [\"chunked_attention\"]| layer_types has 'chunked_attention', which is not",
                "qwen2| \"layer_types\": [null]| layer_types has null where a string is expected",
                "gemma2| \"layer_types\": [1]| layer_types has 1 where a string is expected",
                "mistral| \"sliding_window\": null, \"layer_types\": [\"sliding_attention\"]| though layer 0 has sliding",
                "qwen2| \"use_sliding_window\": false, \"layer_types\": [\"sliding_attention\"]| use_sliding_window is not",
                "gemma2| \"sliding_window\": null| sliding_window is null, or use_sliding_window is not true, though"
            })
    void refusesLayersThatItCannotRun(String family, String keys, String expected) throws IOException {
        Files.writeString(
                folder.resolve("config.json"),
                "{\"model_type\": \"" + family + "\", \"num_hidden_layers\": 1, " + keys + "}");
        CheckpointException e = assertThrows(CheckpointException.class, () -> ModelConfig.read(folder));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "\"feed_forward_proj\": \"gated-gelu\"| GELU_TANH| true",
                "\"feed_forward_proj\": \"gated-silu\"| SILU| true",
                "\"feed_forward_proj\": \"relu\"| RELU| false",
                "\"feed_forward_proj\": \"gated-gelu\", \"dense_act_fn\": \"gelu\"| GELU| true",
                "\"feed_forward_proj\": \"relu\", \"dense_act_fn\": \"silu\", \"is_gated_act\": true| SILU| true",
                "\"feed_forward_proj\": \"gated-relu\", \"is_gated_act\": false| RELU| false"
            })
    void takesTheActivationThatIsNamedBeforeTheImpliedOne(String keys, Activation activation, boolean isGated)
            throws IOException {
        EncoderDecoderConfig t5 = encoderDecoder("{\"model_type\": \"t5\", " + keys + "}");
        assertEquals(activation, t5.activation());
        assertEquals(isGated, t5.isGated());
    }

    @Test
    void scalesOutputsOfTiedEmbeddingsUnlessToldOtherwise() throws IOException {
        assertTrue(encoderDecoder("{\"model_type\": \"t5\"}").scalesOutput());
        assertFalse(encoderDecoder("{\"model_type\": \"t5\", \"tie_word_embeddings\": false}").scalesOutput());
        assertFalse(encoderDecoder("{\"model_type\": \"t5\", \"scale_decoder_outputs\": null}").scalesOutput());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{}| model_type is missing. Known are llama, mistral, qwen2, gemma, gemma2, t5",
                "{\"model_type\": \"bert\"}| 'bert' is not known. Known are llama, mistral",
                "{\"model_type\": \"llama\", \"hidden_size\": \"64\"}| hidden_size is \"64\" where a whole number",
                "{\"model_type\": \"llama\", \"hidden_size\": -8}| hidden_size is -8 where a whole number above 0",
                "{\"model_type\": \"llama\", \"rope_scaling\": {\"type\": \"yarn\"}}| 'yarn' is not implemented",
                "{\"model_type\": \"llama\", \"hidden_act\": \"mish\"}| names the activation 'mish'. Known are relu",
                "{\"model_type\": \"llama\", \"num_attention_heads\": 6, \"num_key_value_heads\": 4}| not a multiple of",
                "{\"model_type\": \"llama\", \"rope_scaling\": {\"type\": \"linear\"}}| rope_scaling.factor is missing",
                "{\"model_type\": \"llama\", \"rope_parameters\": {\"rope_type\": \"llama3\", \"factor\": 8}}|"
                        + " rope_parameters.low_freq_factor is missing",
                "{\"model_type\": \"llama\", \"partial_rotary_factor\": 0.5}| partial_rotary_factor is 0.5, which is not",
                "{\"model_type\": \"llama\", \"rope_parameters\": {\"partial_rotary_factor\": 0.5}}|"
                        + " rope_parameters.partial_rotary_factor is 0.5, which is not implemented",
                "{\"model_type\": \"gemma2\", \"rope_parameters\": {\"full_attention\": {\"rope_theta\": 1},"
                        + " \"sliding_attention\": {\"rope_theta\": 2}}}| rope_parameters differs between kinds of layers",
                "{\"model_type\": \"llama\", \"quantization_config\": {\"bits\": 4}}| quantization_config is there, and",
                "{\"model_type\": \"gemma\", \"use_bidirectional_attention\": true}| use_bidirectional_attention is true",
                "{\"model_type\": \"gemma2\", \"use_bidirectional_attention\": true}| use_bidirectional_attention is true",
                "{\"model_type\": \"qwen2\", \"is_causal\": false}| is_causal is false, and tokens that see those after",
                "{\"model_type\": \"gemma\", \"is_causal\": false}| is_causal is false, and tokens that see those after",
                "{\"model_type\": \"llama\", \"original_max_position_embeddings\": 64, \"rope_scaling\": {\"rope_type\":"
                        + " \"llama3\", \"factor\": 8, \"low_freq_factor\": 1, \"high_freq_factor\": 4,"
                        + " \"original_max_position_embeddings\": 32}}| rope_scaling.original_max_position_embeddings is"
                        + " 32.0, and 64.0 beside it. Make them agree",
                "{\"model_type\": \"t5\", \"relative_attention_num_buckets\": 3}| is 3; it has to be at least 4",
                "{\"model_type\": \"t5\", \"relative_attention_max_distance\": 16}| is 16; it has to be above half of"
                        + " relative_attention_num_buckets, which is 32",
                "{\"model_type\": \"t5\", \"feed_forward_proj\": \"gated-gated-relu\"}| activation 'gated-relu'",
                "{\"model_type\": \"llama\", \"rope_theta\": 0}| rope_theta is 0 where a number above 0 is expected",
                "{\"model_type\": \"llama\", \"rope_theta\": Infinity}| rope_theta is Infinity where a number above 0",
                "{\"model_type\": \"llama\", \"rms_norm_eps\": NaN}| rms_norm_eps is NaN where a number of at least 0",
                "{\"model_type\": \"llama\", \"rms_norm_eps\": -1e-6}| rms_norm_eps is -1.0E-6 where a number of at",
                "{\"model_type\": \"t5\", \"layer_norm_epsilon\": -1}| layer_norm_epsilon is -1 where a number of at",
                "{\"model_type\": \"llama\", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 0}}|"
                        + " rope_scaling.factor is 0 where a number above 0",
                "{\"model_type\": \"gemma2\", \"attn_logit_softcapping\": 0}| attn_logit_softcapping is 0 where a",
                "{\"model_type\": \"gemma2\", \"query_pre_attn_scalar\": -1}| query_pre_attn_scalar is -1 where a",
                "{\"model_type\": \"llama\", \"num_attention_heads\": 65536, \"head_dim\": 65536}| num_attention_heads"
                        + " is 65536 and head_dim 65536: no model is as wide",
                "{\"model_type\": \"t5\", \"num_heads\": 65536, \"d_kv\": 65536}| num_heads is 65536 and d_kv 65536",
                "{\"model_type\": \"t5\", \"decoder_start_token_id\": 32128}| decoder_start_token_id is 32128, the"
                        + " model's vocabulary has ids 0 to 32127",
                "{\"model_type\": \"llama\"| not valid JSON at line 1",
                "[1]| not a JSON object"
            })
    void namesTheFileAndWhatIsWrong(String json, String expected) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        CheckpointException e = assertThrows(CheckpointException.class, () -> ModelConfig.read(folder));
        assertTrue(e.getMessage().startsWith(folder.resolve("config.json").toString()), e.getMessage());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    @Test
    void namesAMissingFile() {
        CheckpointException e = assertThrows(CheckpointException.class, () -> ModelConfig.read(folder));
        assertTrue(e.getMessage().contains("config.json: no such file"), e.getMessage());
    }

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

    @Test
    void tellsHowToSaveWeightsOfATypeThatCannotBeRun() throws IOException {
        DecoderConfig config = decoder(
                "{\"model_type\": \"llama\", \"num_hidden_layers\": 1, \"tie_word_embeddings\": true}");
        SortedMap<String, TensorInfo> tensors = new TreeMap<>();
        config.tensorShapes().forEach((name, shape) -> tensors.put(name, new TensorInfo(name, DType.F8_E4M3, shape)));
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

    private EncoderDecoderConfig encoderDecoder(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return assertInstanceOf(EncoderDecoderConfig.class, ModelConfig.read(folder));
    }

    private DecoderConfig decoder(String json) throws IOException {
        Files.writeString(folder.resolve("config.json"), json);
        return assertInstanceOf(DecoderConfig.class, ModelConfig.read(folder));
    }
}
