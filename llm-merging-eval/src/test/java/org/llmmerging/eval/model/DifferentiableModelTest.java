package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Training goes through the same code: the gradient of a weight is what moving the weight does to the loss. */
class DifferentiableModelTest {
    private static final List<int[]> ROWS = List.of(new int[] {1, 70, 71, 72, 90, 33}, new int[] {1, 44, 45});

    @TempDir
    private Path folder;

    /** In a feed-forward with a gate. */
    @ParameterizedTest
    @CsvSource({
        "llama2, hidden_act, relu, model.layers.0.mlp.gate_proj.weight",
        "llama2, hidden_act, gelu, model.layers.0.mlp.gate_proj.weight",
        "flan_t5, dense_act_fn, relu, encoder.block.0.layer.1.DenseReluDense.wi_0.weight",
        "flan_t5, dense_act_fn, silu, decoder.block.0.layer.2.DenseReluDense.wi_1.weight"
    })
    void everyActivationCanBeTrained(String name, String key, String activation, String weight) throws IOException {
        Golden.copy(Golden.model(name), folder, "");
        ObjectNode config = (ObjectNode) Golden.json(folder.resolve("config.json"));
        Files.writeString(folder.resolve("config.json"), config.put(key, activation).toString());
        compare(folder, weight);
    }

    @ParameterizedTest
    @CsvSource({
        "llama2, model.layers.0.self_attn.k_proj.weight",
        "llama2, model.embed_tokens.weight",
        "mistral, model.layers.1.mlp.gate_proj.weight",
        "qwen2, model.layers.0.self_attn.q_proj.bias",
        "gemma2, model.layers.0.post_attention_layernorm.weight",
        "flan_t5, encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
        "flan_t5, encoder.block.1.layer.1.DenseReluDense.wi_0.weight"
    })
    void itsGradientsAgreeWithFiniteDifferences(String name, String weightName) {
        compare(Golden.model(name), weightName);
    }

    private static void compare(Path model, String weightName) {
        try (LanguageModel stored = LanguageModel.open(model, Device.cpu());
                NDManager scope = stored.manager().newSubManager()) {
            NDArray weight = stored.weights().get(weightName).duplicate();
            weight.attach(scope);
            NDArray direction = weight.sub(weight.mean()).add(0.01);
            direction.attach(scope);
            weight.setRequiresGradient(true);
            double slope;
            try (GradientCollector collector = Engine.getEngine("PyTorch").newGradientCollector()) {
                NDArray loss = loss(stored, scope, weightName, weight);
                collector.backward(loss);
                slope = weight.getGradient().mul(direction).sum().getFloat();
            }
            double step = 2e-3;
            NDArray constant = weight.stopGradient();
            double above = loss(stored, scope, weightName, constant.add(direction.mul(step))).getFloat();
            double below = loss(stored, scope, weightName, constant.sub(direction.mul(step))).getFloat();
            double difference = (above - below) / (2 * step);
            assertTrue(Math.abs(difference) > 1e-3, "the loss does not depend on the weight: " + difference);
            assertEquals(difference, slope, 0.02 * Math.abs(difference) + 1e-3);
        }
    }

    private static NDArray loss(LanguageModel stored, NDManager scope, String name, NDArray weight) {
        Weights weights = new Weights() {
            @Override
            public NDArray get(String wanted) {
                return wanted.equals(name) ? weight : stored.weights().get(wanted);
            }

            @Override
            public boolean contains(String wanted) {
                return stored.weights().contains(wanted);
            }
        };
        TokenLayout tokens = TokenLayout.rightPadded(ROWS, 0);
        NDArray hidden = switch (LanguageModel.of(stored.config(), weights, stored.manager())) {
            case DecoderModel decoder -> decoder.hiddenStates(scope, tokens);
            case EncoderDecoderModel both -> both.decode(scope, tokens, List.of(both.encode(tokens)), null);
        };
        NDArray target = HostArrays.indices(scope, new int[] {80, 81}).reshape(2, 1);
        NDArray firstColumns = hidden.get(":, 1, :");
        return stored.logits(firstColumns).logSoftmax(-1).gather(target, 1).sum().neg();
    }
}
