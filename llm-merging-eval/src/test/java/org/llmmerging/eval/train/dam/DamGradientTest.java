package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.llmmerging.eval.model.EncoderDecoderConfig;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.model.HostArrays;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.model.Weights;
import org.llmmerging.eval.train.TrainableParameters;
import org.llmmerging.eval.train.dam.data.DamSequence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The gradient of the coefficients is what moving them does to the loss: every loss, every kind of layer. */
class DamGradientTest {
    private static final long SEED = 5;
    private static final int MODELS = 2;

    @ParameterizedTest
    @EnumSource(LossKind.class)
    void ofEveryLoss(LossKind kind) {
        check("llama2", "model.layers.0.mlp.down_proj.weight", kind, NonLinearity.NONE);
    }

    @ParameterizedTest
    @CsvSource({
        "qwen2, model.layers.0.self_attn.q_proj.bias, NONE",
        "qwen2, model.layers.1.self_attn.v_proj.bias, TANH",
        "llama2, model.embed_tokens.weight, NONE",
        "llama2, lm_head.weight, SIGMOID",
        "llama2, model.layers.0.input_layernorm.weight, NONE",
        "mistral, model.layers.1.self_attn.k_proj.weight, TANH",
        "mistral, model.norm.weight, RELU",
        "flan_t5, encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight, NONE",
        "flan_t5, encoder.block.1.layer.1.DenseReluDense.wi_0.weight, NONE",
        "flan_t5, decoder.block.0.layer.1.EncDecAttention.k.weight, SIGMOID",
        "flan_t5, decoder.final_layer_norm.weight, NONE",
        "flan_t5, shared.weight, NONE"
    })
    void ofEveryKindOfLayer(String model, String tensor, NonLinearity function) {
        check(model, tensor, LossKind.KL, function);
    }

    private static void check(String name, String tensor, LossKind kind, NonLinearity function) {
        TrainingSettings settings = LlamaTraining.minimising(SEED, EnumSet.of(kind))
                .with(DamParameter.LAMBDA_COEF_ENTROPY, 1)
                .with(DamParameter.LAMBDA_COEF_SIMILARITY, 1)
                .with(DamParameter.LAMBDA_COEF_L1, 0.1)
                .with(DamParameter.LAMBDA_COEF_L2, 0.1)
                .with(DamParameter.LAMBDA_COEF_OVERLAP, 1);
        try (LanguageModel stored = LanguageModel.open(Golden.model(name), Device.cpu());
                NDManager scope = stored.manager().newSubManager();
                TrainableParameters coefficients = new TrainableParameters(stored.manager())) {
            Random random = new Random(SEED);
            NDArray original = stored.weights().get(tensor);
            int columns = tensor.endsWith(".bias")
                    ? 1
                    : (int) original.getShape().get(original.getShape().dimension() - 1);
            float[] start = smoothStart(random, columns);
            float[] direction = draw(random, MODELS * columns, 0, 1);
            coefficients.addStacked(tensor, start, MODELS, columns);
            List<Weights> models = new ArrayList<>();
            for (int model = 0; model < MODELS; model++) {
                float[] noise = draw(random, (int) original.size(), 1, 0.8);
                NDArray changed = original.mul(array(scope, noise, original.getShape()));
                models.add(replacing(stored.weights(), tensor, changed));
            }
            MergedWeights weights = new MergedWeights(stored.weights(), models, coefficients, function);
            Map<String, NDArray> conflicts = new HashMap<>();
            if (!tensor.endsWith(".bias")) {
                conflicts.put(tensor, array(scope, draw(random, columns, 0.5, 0.1), new Shape(1, columns)));
            }
            DamLoss loss = new DamLoss(settings, coefficients, conflicts);
            NDArray target = array(scope, draw(random, 9 * stored.config().vocabularySize(), 0, 3),
                    new Shape(9, stored.config().vocabularySize()));

            coefficients.clearGradients();
            coefficients.backward(() -> total(stored, weights, loss, target, scope));
            float[] gradient = HostArrays.read(coefficients.gradient(tensor));
            double slope = 0;
            double length = 0;
            for (int i = 0; i < gradient.length; i++) {
                slope += gradient[i] * direction[i];
                length += gradient[i] * gradient[i];
            }
            double step = 2e-3;
            double difference = (moved(coefficients, tensor, start, direction, step, stored, weights, loss, target,
                    scope)
                    - moved(coefficients, tensor, start, direction, -step, stored, weights, loss, target, scope))
                    / (2 * step);
            assertTrue(length > 0, "no gradient, seed " + SEED);
            assertEquals(difference, slope, 0.03 * Math.abs(difference) + 2e-3, "seed " + SEED);
        }
    }

    private static double moved(
            TrainableParameters coefficients,
            String tensor,
            float[] start,
            float[] direction,
            double step,
            LanguageModel stored,
            MergedWeights weights,
            DamLoss loss,
            NDArray target,
            NDManager scope) {
        float[] moved = new float[start.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = (float) (start[i] + step * direction[i]);
        }
        coefficients.set(tensor, moved);
        try (NDScope arrays = new NDScope()) {
            arrays.suppressNotUsedWarning();
            return total(stored, weights, loss, target, scope).getFloat();
        }
    }

    private static NDArray total(
            LanguageModel stored, MergedWeights weights, DamLoss loss, NDArray target, NDManager scope) {
        weights.merge();
        LanguageModel merged = LanguageModel.of(stored.config(), weights, stored.manager());
        boolean both = stored.config() instanceof EncoderDecoderConfig;
        SequenceBatch batch = SequenceBatch.of(List.of(
                new DamSequence(new int[] {1, 70, 71, 72, 90, 33},
                        both ? new int[] {40, 41, 60, 61, 1} : new int[0]),
                new DamSequence(new int[] {1, 44, 45}, both ? new int[] {50, 51, 80, 1} : new int[0])));
        NDArray logits = batch.logits(merged, scope);
        assertEquals(9, logits.getShape().get(0));
        return loss.of(List.of(new DamLoss.Answers(logits, new Teacher.Targets(target, null)))).total();
    }

    /** Coefficients away from 0 and from each other, where the losses that compare magnitudes have no slope. */
    private static float[] smoothStart(Random random, int columns) {
        float[] start = draw(random, MODELS * columns, 0.5, 0.2);
        for (int column = 0; column < columns; column++) {
            start[column] = Math.max(0.1f, start[column]);
            float other = Math.max(0.1f, start[columns + column]);
            start[columns + column] = Math.abs(other - start[column]) < 0.05f ? start[column] + 0.05f : other;
        }
        return start;
    }

    private static Weights replacing(Weights weights, String tensor, NDArray changed) {
        return new Weights() {
            @Override
            public NDArray get(String name) {
                return name.equals(tensor) ? changed : weights.get(name);
            }

            @Override
            public boolean contains(String name) {
                return weights.contains(name);
            }
        };
    }

    private static NDArray array(NDManager manager, float[] values, Shape shape) {
        return HostArrays.floats(manager, shape, buffer -> buffer.put(values));
    }

    private static float[] draw(Random random, int count, double mean, double spread) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (mean + spread * random.nextGaussian());
        }
        return values;
    }
}
