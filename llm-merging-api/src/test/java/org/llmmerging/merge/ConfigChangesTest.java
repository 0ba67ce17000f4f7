package org.llmmerging.merge;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What config.json says of the language model is changed where it is said. */
class ConfigChangesTest {
    @TempDir
    private Path folder;

    private static ObjectNode json(String text) throws IOException {
        return (ObjectNode) new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    private static String changes(ConfigChanges changes) {
        return changes.byKey().toString().replace('"', '\'');
    }

    private static List<TensorInfo> tensors(String... names) {
        return Stream.of(names).map(name -> new TensorInfo(name, DType.F32, Shape.of(3, 2))).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{}| {tie_word_embeddings=false}",
                "{'tie_word_embeddings': true}| {tie_word_embeddings=false}",
                "{'tie_word_embeddings': false}| {}",
                "{'model_type': 't5', 'tie_word_embeddings': true}| {}",
                "{'model_type': 't5', 'tie_word_embeddings': true, 'scale_decoder_outputs': true}| {}",
                "{'model_type': 't5', 'tie_word_embeddings': true, 'scale_decoder_outputs': false}|"
                        + " {tie_word_embeddings=false}",
                "{'model_type': 'mt5', 'tie_word_embeddings': true, 'transformers_version': '4.57.6'}| {}",
                "{'model_type': 'mt5', 'tie_word_embeddings': true, 'transformers_version': '5.18.0'}|"
                        + " {tie_word_embeddings=false}",
                "{'text_config': {'a': 1}}| {text_config={'a':1,'tie_word_embeddings':false}, tie_word_embeddings=false}",
                "{'tie_word_embeddings': false, 'text_config': {'tie_word_embeddings': false}}| {}",
            })
    void aHeadThatIsWrittenIsUntied(String config, String expected) throws IOException {
        assertEquals(expected,
                changes(new ConfigChanges(json(config)).heads(tensors("wte.weight", "lm_head.weight"))));
    }

    @Test
    void anEmbeddingIsNoHead() throws IOException {
        ConfigChanges changes = new ConfigChanges(json("{}"));
        assertEquals("{}",
                changes(changes.heads(tensors("model.embed_tokens.weight", "lm_head.bias", "shared.weight"))));
    }

    @Test
    void whatIsSaidOfTheTextModelIsChangedThere() throws IOException {
        String config = "{'hidden_size': 2, 'text_config':"
                + " {'num_hidden_layers': 2, 'vocab_size': 3, 'layer_types': ['s', 'f'], 'moe_layers': [1]}}";
        Files.writeString(folder.resolve("config.json"), json(config).toString());
        List<LayerOrigin> layers = Stream.of(0, 1, 1).map(layer -> new LayerOrigin(folder, layer)).toList();
        ConfigChanges changes = new ConfigChanges(json(config))
                .layers(Map.of(ModulePlanner.DEFAULT, layers))
                .vocabulary(OptionalLong.of(5));
        assertEquals(
                "{text_config={'num_hidden_layers':3,'vocab_size':5,'layer_types':['s','f','f'],'moe_layers':[1,2]}}",
                changes(changes));
    }

    @Test
    void whatIsSaidTwiceIsChangedTwice() throws IOException {
        ConfigChanges changes = new ConfigChanges(json("{'vocab_size': 3, 'text_config': {'vocab_size': 3}}"));
        assertEquals("{text_config={'vocab_size':5}, vocab_size=5}", changes(changes.vocabulary(OptionalLong.of(5))));
    }

    /** transformers 4.57 passes over rope_parameters and turns by a theta of 10000, unscaled. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'rope_theta': 5.0}| {}",
                "{'rope_parameters': {'rope_theta': 5.0, 'rope_type': 'default'}}| {rope_theta=5.0}",
                "{'model_type': 'llama', 'rope_parameters': {'rope_theta': 5.0, 'rope_type': 'linear', 'factor': 2}}|"
                        + " {rope_scaling={'rope_type':'linear','factor':2}, rope_theta=5.0}",
                "{'model_type': 'gpt_neox', 'rope_parameters': {'rope_theta': 5.0, 'rope_type': 'linear', 'factor': 2,"
                        + " 'partial_rotary_factor': 0.5}}|"
                        + " {rope_scaling={'rope_type':'linear','factor':2}, rotary_emb_base=5.0, rotary_pct=0.5}",
                "{'model_type': 'gpt_neox', 'rotary_pct': 0.25, 'rope_parameters': {'partial_rotary_factor': 0.5}}| {}",
                "{'model_type': 'olmo2', 'rope_parameters': {'rope_theta': 5.0, 'rope_type': 'yarn'}}| {}",
                "{'model_type': 'phi3', 'original_max_position_embeddings': 8, 'rope_parameters': {'rope_theta': 5.0,"
                        + " 'rope_type': 'longrope', 'short_factor': [1], 'long_factor': [2],"
                        + " 'original_max_position_embeddings': 8}}|"
                        + " {rope_scaling={'short_factor':[1],'long_factor':[2],'type':'longrope'}, rope_theta=5.0}",
                "{'model_type': 'phi3', 'original_max_position_embeddings': 8, 'rope_parameters': {'rope_theta': 5.0,"
                        + " 'rope_type': 'longrope', 'short_factor': [1], 'long_factor': [2],"
                        + " 'original_max_position_embeddings': 4}}| {}",
                "{'model_type': 'gemma3_text', 'rope_parameters': {'full_attention': {'rope_theta': 5.0,"
                        + " 'rope_type': 'linear', 'factor': 8}, 'sliding_attention': {'rope_theta': 1.0}}}|"
                        + " {rope_local_base_freq=1.0, rope_scaling={'rope_type':'linear','factor':8}, rope_theta=5.0}",
                "{'model_type': 'gemma3_text', 'rope_parameters': {'full_attention': {'rope_theta': 5.0},"
                        + " 'sliding_attention': {'rope_theta': 1.0, 'rope_type': 'linear', 'factor': 2}}}| {}",
                "{'model_type': 'gemma3_text', 'rope_parameters': {'rope_theta': 5.0, 'rope_type': 'linear',"
                        + " 'factor': 8}}| {}",
                "{'model_type': 'gemma3_text', 'rope_parameters': {'full_attention': {'rope_theta': 5.0,"
                        + " 'partial_rotary_factor': 0.5}, 'sliding_attention': {'rope_theta': 1.0}}}| {}",
                "{'model_type': 'gemma3_text', 'rope_parameters': {'full_attention': null,"
                        + " 'sliding_attention': {'rope_theta': 1.0}}}| {}",
                "{'model_type': 'llama', 'rope_theta': 7.0, 'rope_parameters': {'rope_theta': 5, 'rope_type': 'linear'}}| {}",
                "{'rope_parameters': {'rope_type': 'default', 'partial_rotary_factor': 0.5}}| {partial_rotary_factor=0.5}",
                "{'rope_theta': 7.0, 'rope_parameters': {'rope_theta': 5.0, 'rope_type': 'default'}}| {}",
                "{'rope_scaling': {'type': 'linear', 'factor': 4}, 'rope_parameters': {'rope_theta': 5.0}}| {}",
                "{'rope_parameters': {'full_attention': {'rope_theta': 5.0}, 'sliding_attention': {'rope_theta': 1.0}}}| {}",
                "{'text_config': {'rope_parameters': {'rope_theta': 5.0}}}|"
                        + " {text_config={'rope_parameters':{'rope_theta':5.0},'rope_theta':5.0}}",
            })
    void rotaryPositionsAreSaidAsVersion4Reads(String config, String expected) throws IOException {
        assertEquals(expected, changes(new ConfigChanges(json(config)).rotary()));
    }

    @Test
    void specialTokensOfTheTextModelGetTheirNewIds() throws IOException {
        ObjectNode config = json("{'eos_token_id': 1, 'text_config': {'eos_token_id': [1, 2], 'pad_token_id': 3}}");
        new TokenIds(4, Map.of(1, 7, 3, -1)).renumber(config);
        assertEquals(
                json("{'eos_token_id': 7, 'text_config': {'eos_token_id': [7, 2], 'pad_token_id': null}}"), config);
    }
}
