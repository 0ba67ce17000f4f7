package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Layers, embeddings and tied tensors are found in the names of architectures that nothing is known of but that. */
class TensorNamesTest {

    /**
     * @param stacks what stands before the layer numbers
     * @param beforeLayers tensors that take the first slice's sources
     * @param vocabulary tensors with a row for each token
     * @param afterLayers the other tensors outside the layers
     * @param inLayers tensors of layer 0 of the first stack, by what follows the number
     */
    record Architecture(
            String name,
            Set<String> stacks,
            Set<String> beforeLayers,
            Set<String> afterLayers,
            Set<String> vocabulary,
            Set<String> inLayers) {

        List<String> names(int layers) {
            List<String> names = new ArrayList<>(beforeLayers);
            names.addAll(afterLayers);
            for (String stack : stacks) {
                for (int layer = 0; layer < layers; layer++) {
                    for (String rest : inLayers) {
                        names.add(stack + "." + layer + "." + rest);
                    }
                }
            }
            return names;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static final Set<String> LLAMA_LAYER = Set.of(
            "input_layernorm.weight",
            "self_attn.q_proj.weight",
            "self_attn.k_proj.weight",
            "self_attn.v_proj.weight",
            "self_attn.o_proj.weight",
            "post_attention_layernorm.weight",
            "mlp.gate_proj.weight",
            "mlp.up_proj.weight",
            "mlp.down_proj.weight");

    private static Set<String> with(Set<String> names, String... more) {
        Set<String> all = new TreeSet<>(names);
        all.addAll(List.of(more));
        return all;
    }

    private static Architecture llamaLike(String name, Set<String> layer) {
        return new Architecture(
                name,
                Set.of("model.layers"),
                Set.of("model.embed_tokens.weight"),
                Set.of("model.norm.weight", "lm_head.weight"),
                Set.of("model.embed_tokens.weight", "lm_head.weight"),
                layer);
    }

    static Stream<Architecture> architectures() {
        return Stream.of(
                llamaLike("Llama", LLAMA_LAYER),
                llamaLike("Mistral", LLAMA_LAYER),
                llamaLike(
                        "Qwen2",
                        with(
                                LLAMA_LAYER,
                                "self_attn.q_proj.bias",
                                "self_attn.k_proj.bias",
                                "self_attn.v_proj.bias")),
                llamaLike(
                        "Phi3",
                        Set.of(
                                "input_layernorm.weight",
                                "self_attn.qkv_proj.weight",
                                "self_attn.o_proj.weight",
                                "post_attention_layernorm.weight",
                                "mlp.gate_up_proj.weight",
                                "mlp.down_proj.weight")),
                llamaLike(
                        "Mixtral",
                        Set.of(
                                "input_layernorm.weight",
                                "self_attn.q_proj.weight",
                                "block_sparse_moe.gate.weight",
                                "block_sparse_moe.experts.0.w1.weight",
                                "block_sparse_moe.experts.7.w3.weight")),
                new Architecture(
                        "Gemma2, tied",
                        Set.of("model.layers"),
                        Set.of("model.embed_tokens.weight"),
                        Set.of("model.norm.weight"),
                        Set.of("model.embed_tokens.weight"),
                        with(LLAMA_LAYER, "pre_feedforward_layernorm.weight", "post_feedforward_layernorm.weight")),
                new Architecture(
                        "T5",
                        Set.of("encoder.block", "decoder.block"),
                        Set.of("shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"),
                        Set.of("encoder.final_layer_norm.weight", "decoder.final_layer_norm.weight", "lm_head.weight"),
                        Set.of(
                                "shared.weight",
                                "encoder.embed_tokens.weight",
                                "decoder.embed_tokens.weight",
                                "lm_head.weight"),
                        Set.of("layer.0.SelfAttention.q.weight", "layer.1.DenseReluDense.wi_0.weight")),
                new Architecture(
                        "GPT-2",
                        Set.of("h"),
                        Set.of("wte.weight", "wpe.weight"),
                        Set.of("ln_f.weight", "ln_f.bias"),
                        Set.of("wte.weight"),
                        Set.of("attn.c_attn.weight", "attn.c_attn.bias", "mlp.c_fc.weight", "ln_1.weight")),
                new Architecture(
                        "GPT-2 with a head",
                        Set.of("transformer.h"),
                        Set.of("transformer.wte.weight", "transformer.wpe.weight"),
                        Set.of("transformer.ln_f.weight", "lm_head.weight"),
                        Set.of("transformer.wte.weight", "lm_head.weight"),
                        Set.of("attn.c_attn.weight")),
                new Architecture(
                        "GPT-NeoX",
                        Set.of("gpt_neox.layers"),
                        Set.of("gpt_neox.embed_in.weight"),
                        Set.of("gpt_neox.final_layer_norm.weight", "embed_out.weight"),
                        Set.of("gpt_neox.embed_in.weight", "embed_out.weight"),
                        Set.of("attention.query_key_value.weight", "attention.query_key_value.bias")),
                new Architecture(
                        "BERT",
                        Set.of("bert.encoder.layer"),
                        Set.of(
                                "bert.embeddings.word_embeddings.weight",
                                "bert.embeddings.position_embeddings.weight",
                                "bert.embeddings.token_type_embeddings.weight",
                                "bert.embeddings.LayerNorm.weight"),
                        Set.of("bert.pooler.dense.weight", "cls.predictions.bias", "cls.predictions.decoder.weight"),
                        Set.of(
                                "bert.embeddings.word_embeddings.weight",
                                "cls.predictions.bias",
                                "cls.predictions.decoder.weight"),
                        Set.of("attention.self.query.weight", "attention.output.dense.weight", "output.dense.bias")),
                new Architecture(
                        "RoBERTa",
                        Set.of("roberta.encoder.layer"),
                        Set.of(
                                "roberta.embeddings.word_embeddings.weight",
                                "roberta.embeddings.position_embeddings.weight"),
                        Set.of("lm_head.decoder.weight", "lm_head.decoder.bias", "lm_head.bias",
                                "lm_head.dense.weight"),
                        Set.of(
                                "roberta.embeddings.word_embeddings.weight",
                                "lm_head.decoder.weight",
                                "lm_head.decoder.bias",
                                "lm_head.bias"),
                        Set.of("attention.self.query.weight")),
                new Architecture(
                        "DistilBERT",
                        Set.of("distilbert.transformer.layer"),
                        Set.of("distilbert.embeddings.word_embeddings.weight"),
                        Set.of("vocab_transform.weight", "vocab_projector.weight", "vocab_projector.bias"),
                        Set.of(
                                "distilbert.embeddings.word_embeddings.weight",
                                "vocab_projector.weight",
                                "vocab_projector.bias"),
                        Set.of("attention.q_lin.weight")),
                new Architecture(
                        "ModernBERT",
                        Set.of("model.layers"),
                        Set.of("model.embeddings.tok_embeddings.weight", "model.embeddings.norm.weight"),
                        Set.of("model.final_norm.weight", "head.dense.weight", "decoder.weight", "decoder.bias"),
                        Set.of("model.embeddings.tok_embeddings.weight", "decoder.weight", "decoder.bias"),
                        Set.of("attn.Wqkv.weight")),
                new Architecture(
                        "Mamba",
                        Set.of("backbone.layers"),
                        Set.of("backbone.embeddings.weight"),
                        Set.of("backbone.norm_f.weight"),
                        Set.of("backbone.embeddings.weight"),
                        Set.of("mixer.A_log")),
                new Architecture(
                        "ChatGLM",
                        Set.of("transformer.encoder.layers"),
                        Set.of("transformer.embedding.word_embeddings.weight"),
                        Set.of("transformer.encoder.final_layernorm.weight", "transformer.output_layer.weight"),
                        Set.of("transformer.embedding.word_embeddings.weight", "transformer.output_layer.weight"),
                        Set.of("mlp.dense_h_to_4h.weight")),
                new Architecture(
                        "an embedding by that name",
                        Set.of("model.layers"),
                        Set.of("model.embedding.weight"),
                        Set.of("lm_head.weight", "lm_head.weight_scale"),
                        Set.of("model.embedding.weight", "lm_head.weight"),
                        Set.of("mlp.weight")),
                new Architecture(
                        "OPT",
                        Set.of("model.decoder.layers"),
                        Set.of("model.decoder.embed_tokens.weight", "model.decoder.embed_positions.weight"),
                        Set.of("model.decoder.final_layer_norm.weight"),
                        Set.of("model.decoder.embed_tokens.weight"),
                        Set.of("fc1.weight", "fc1.bias")));
    }

    @ParameterizedTest
    @MethodSource("architectures")
    void findsLayersAndEmbeddings(Architecture architecture) {
        TensorNames names = new TensorNames(HeaderOnlyModel.of(architecture.names(12)));
        assertEquals(new TreeSet<>(architecture.stacks()), new TreeSet<>(names.stacks()));
        for (String stack : architecture.stacks()) {
            assertEquals(12, names.layers(stack));
            assertEquals(new TreeSet<>(architecture.inLayers()), names.restsOf(stack, 0));
            assertEquals(new TreeSet<>(architecture.inLayers()), names.restsOf(stack, 11));
        }
        Set<String> outside = with(architecture.beforeLayers(), architecture.afterLayers().toArray(String[]::new));
        assertEquals(outside, names.outsideLayers());
        for (String name : architecture.names(12)) {
            assertEquals(architecture.vocabulary().contains(name), isVocabulary(name), name);
            if (outside.contains(name)) {
                assertEquals(architecture.beforeLayers().contains(name), TensorRoles.comesBeforeLayers(name), name);
            } else {
                TensorName parsed = TensorName.parse(name);
                assertEquals(name, parsed.atLayer(parsed.layer()));
            }
        }
    }

    private static boolean isVocabulary(String name) {
        return TensorRoles.isVocabulary(new TensorInfo(name, DType.F32, Shape.of(3, 2)));
    }

    @Test
    void leavesOutWhatLoadersCompute() {
        TensorNames names = new TensorNames(HeaderOnlyModel.of(List.of(
                "model.embed_tokens.weight",
                "model.layers.0.self_attn.rotary_emb.inv_freq",
                "gpt_neox.layers.0.attention.masked_bias",
                "bert.embeddings.position_ids")));
        assertEquals(Set.of("model.embed_tokens.weight"), names.outsideLayers());
        assertEquals(Set.of(), names.stacks());
    }

    @Test
    void lendsTheEmbeddingToAHeadThatIsTiedToIt() {
        assertLends("lm_head.weight", "model.embed_tokens.weight");
        assertLends("lm_head.weight", "transformer.wte.weight");
        assertLends("lm_head.weight", "shared.weight");
        assertLends("encoder.embed_tokens.weight", "shared.weight");
        assertLends("embed_out.weight", "gpt_neox.embed_in.weight");
        assertLends("cls.predictions.decoder.weight", "bert.embeddings.word_embeddings.weight");
        assertLends("cls.predictions.decoder.bias", "cls.predictions.bias");
        assertLends("lm_head.weight", "model.decoder.embed_tokens.weight");
        assertLends("lm_head.decoder.weight", "roberta.embeddings.word_embeddings.weight");
    }

    @Test
    void lendsBehindPrefixes() {
        assertLends("language_model.lm_head.weight", "language_model.model.embed_tokens.weight");
        assertLends("lm_head.weight", "model.language_model.embed_tokens.weight");
        assertLends("model.decoder.embed_tokens.weight", "model.shared.weight");
        TensorNames two = new TensorNames(HeaderOnlyModel.of(
                List.of("a.embed_tokens.weight", "b.embed_tokens.weight", "b.layers.0.embed_tokens.weight")));
        assertTrue(two.resolve("lm_head.weight").isEmpty(), "nobody knows which");
        assertEquals(Optional.of("b.embed_tokens.weight"), two.resolve("b.lm_head.weight"));
        assertTrue(two.resolve("b.layers.1.lm_head.weight").isEmpty(), "layers have their own");
    }

    private static void assertLends(String tied, String lent) {
        TensorNames names = new TensorNames(HeaderOnlyModel.of(List.of(lent, "norm.weight")));
        assertEquals(Optional.of(lent), names.resolve(tied));
        TensorNames untied = new TensorNames(HeaderOnlyModel.of(List.of(lent, tied)));
        assertEquals(Optional.of(tied), untied.resolve(tied));
    }

    @Test
    void lendsNothingToAnOptionalTensor() {
        TensorNames names = new TensorNames(HeaderOnlyModel.of(List.of("model.layers.0.self_attn.q_proj.weight")));
        assertTrue(names.resolve("model.layers.0.self_attn.q_proj.bias").isEmpty());
        assertTrue(names.resolve("model.layers.0.self_attn.qkv_proj.weight").isEmpty());
    }

    @Test
    void countsLayersInEachStackApart() {
        TensorNames names = new TensorNames(HeaderOnlyModel.of(List.of(
                "encoder.block.0.layer.0.SelfAttention.q.weight",
                "encoder.block.1.layer.0.SelfAttention.q.weight",
                "decoder.block.0.layer.1.EncDecAttention.q.weight")));
        assertEquals(2, names.layers("encoder.block"));
        assertEquals(1, names.layers("decoder.block"));
        assertEquals(Set.of("layer.1.EncDecAttention.q.weight"), names.restsOf("decoder.block", 0));
    }

    @Test
    void tellsTheModulesOfAnEncoderDecoderApart() {
        assertEquals("encoder", TensorName.moduleOf("encoder.block.0.layer.0.SelfAttention.q.weight"));
        assertEquals("decoder", TensorName.moduleOf("decoder.final_layer_norm.weight"));
        assertEquals("decoder", TensorName.moduleOf("model.decoder.layers.3.fc1.bias"));
        assertEquals("shared", TensorName.moduleOf("shared.weight"));
        assertEquals("shared", TensorName.moduleOf("lm_head.weight"));
    }

    @Test
    void readsANumberWithALeadingZeroAsPartOfTheName() {
        assertTrue(!TensorName.parse("p.01.x").isInLayer());
        assertTrue(!TensorName.parse("p.00.x").isInLayer());
        assertEquals(0, TensorName.parse("p.0.x").layer());
        assertEquals(new TensorName("p.01", 1, "x"), TensorName.parse("p.01.1.x"));
    }

    @Test
    void aScalarIsNoVocabulary() {
        assertTrue(!TensorRoles.isVocabulary(new TensorInfo("lm_head.weight", DType.F32, Shape.of())));
    }

    @Test
    void readsALongNumberAsPartOfTheName() {
        assertTrue(!TensorName.parse("model.12345678.weight").isInLayer());
        assertTrue(!TensorName.parse("0.weight").isInLayer(), "a number in front names no stack");
    }
}
