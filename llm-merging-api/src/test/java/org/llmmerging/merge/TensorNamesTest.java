package org.llmmerging.merge;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Layers, embeddings and tied tensors are found in the names of architectures that nothing is known of but that. */
class TensorNamesTest {

    @ParameterizedTest
    @MethodSource("org.llmmerging.merge.Architecture#all")
    void findsLayersAndEmbeddings(Architecture architecture) {
        TensorNames names = new TensorNames(HeaderOnlyModel.of(architecture.names(12)));
        assertEquals(new TreeSet<>(architecture.stacks()), new TreeSet<>(names.stacks()));
        for (String stack : architecture.stacks()) {
            assertEquals(12, names.layers(stack));
            assertEquals(new TreeSet<>(architecture.inLayers()), names.restsOf(stack, 0));
            assertEquals(new TreeSet<>(architecture.inLayers()), names.restsOf(stack, 11));
        }
        Set<String> outside = new TreeSet<>(architecture.beforeLayers());
        outside.addAll(architecture.afterLayers());
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
    void leavesOutCausalMasksAndKeepsBiases() {
        SortedMap<String, TensorInfo> tensors = new TreeMap<>();
        for (TensorInfo tensor : List.of(
                new TensorInfo("gpt_neox.layers.0.attention.bias", DType.BOOL, Shape.of(1, 1, 64, 64)),
                new TensorInfo("gpt_neox.layers.0.attention.dense.bias", DType.F16, Shape.of(32)),
                new TensorInfo("transformer.h.0.attn.bias", DType.F32, Shape.of(1, 1, 64, 64)),
                new TensorInfo("transformer.h.1.attn.bias", DType.F32, Shape.of(32)))) {
            tensors.put(tensor.name(), tensor);
        }
        TensorNames names = new TensorNames(new SourceModel("model", new HeaderOnlyModel(tensors), null));
        assertEquals(Set.of("attention.dense.bias"), names.restsOf("gpt_neox.layers", 0));
        assertEquals(Set.of(), names.restsOf("transformer.h", 0));
        assertEquals(Set.of("attn.bias"), names.restsOf("transformer.h", 1));
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
