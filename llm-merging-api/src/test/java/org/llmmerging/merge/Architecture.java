package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The names of an architecture's tensors, as its checkpoints have them.
 *
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

    /** One of each way of naming. */
    static Stream<Architecture> all() {
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
}
