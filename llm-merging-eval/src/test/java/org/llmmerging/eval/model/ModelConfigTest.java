package org.llmmerging.eval.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.checkpoint.CheckpointException;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What no configuration may say, whatever its family. */
class ModelConfigTest {
    @TempDir
    private Path folder;

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
                "{\"model_type\": \"llama\", \"rope_scaling\": {\"rope_type\": \"default\", \"type\": \"linear\","
                        + " \"factor\": 2}}| rope_scaling.rope_type is 'default', and its old name 'type' says 'linear'",
                "{\"model_type\": \"llama\", \"rope_theta\": 5e5, \"rope_parameters\": {\"rope_theta\": 1e4}}|"
                        + " rope_parameters.rope_theta is 10000.0, and 500000.0 beside it. Make them agree",
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
}
