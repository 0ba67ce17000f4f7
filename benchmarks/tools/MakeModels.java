import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.llmmerging.checkpoint.SafetensorsWriter;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.CounterRandom;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * Makes a bf16 model of Llama shape and fine-tunes of it, for benchmarks: {@code MakeModels FOLDER SIZE FINE_TUNES}.
 * Weights are normal with standard deviation 0.02 and those of the fine-tunes are moved by a normal with 0.0005, so
 * that after rounding to bf16 few are equal to the base and many differences are equal to each other, as in real ones.
 */
final class MakeModels {
    private static final int PIECE = 1 << 19;
    private static final double SPREAD = 0.02;
    private static final double CHANGE = 0.0005;

    private MakeModels() {
    }

    /** Sizes of a Llama model. */
    private record Size(int hidden, int intermediate, int layers, int keyValues, int vocabulary, boolean tied) {
        static Size of(String name) {
            return switch (name) {
                case "0.03B" -> new Size(512, 1408, 8, 512, 4000, false);
                case "0.3B" -> new Size(1024, 2816, 18, 1024, 32000, false);
                // TinyLlama
                case "1.1B" -> new Size(2048, 5632, 22, 256, 32000, false);
                // Llama 3.2 3B
                case "3B" -> new Size(3072, 8192, 28, 1024, 128256, true);
                default -> throw new IllegalArgumentException("no size " + name + "; there are 0.03B, 0.3B, 1.1B and 3B");
            };
        }

        List<TensorInfo> tensors() {
            List<TensorInfo> tensors = new ArrayList<>();
            add(tensors, "model.embed_tokens.weight", vocabulary, hidden);
            for (int layer = 0; layer < layers; layer++) {
                String prefix = "model.layers." + layer + ".";
                add(tensors, prefix + "self_attn.q_proj.weight", hidden, hidden);
                add(tensors, prefix + "self_attn.k_proj.weight", keyValues, hidden);
                add(tensors, prefix + "self_attn.v_proj.weight", keyValues, hidden);
                add(tensors, prefix + "self_attn.o_proj.weight", hidden, hidden);
                add(tensors, prefix + "mlp.gate_proj.weight", intermediate, hidden);
                add(tensors, prefix + "mlp.up_proj.weight", intermediate, hidden);
                add(tensors, prefix + "mlp.down_proj.weight", hidden, intermediate);
                add(tensors, prefix + "input_layernorm.weight", hidden);
                add(tensors, prefix + "post_attention_layernorm.weight", hidden);
            }
            add(tensors, "model.norm.weight", hidden);
            if (!tied) {
                add(tensors, "lm_head.weight", vocabulary, hidden);
            }
            return tensors;
        }

        private static void add(List<TensorInfo> tensors, String name, long... dimensions) {
            tensors.add(new TensorInfo(name, DType.BF16, Shape.of(dimensions)));
        }

        String config() {
            return """
                    {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": %d,
                     "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": %d,
                     "num_key_value_heads": %d, "vocab_size": %d, "tie_word_embeddings": %b, "rms_norm_eps": 1e-05,
                     "max_position_embeddings": 2048, "hidden_act": "silu", "torch_dtype": "bfloat16"}
                    """.formatted(
                    hidden, intermediate, layers, hidden / 64, keyValues / 64, vocabulary, tied);
        }
    }

    /** Standard normal deviates at 2^16 equally likely places. */
    private static float[] normals() {
        float[] normals = new float[1 << 16];
        // The sum of the cumulative distribution's slope walks through the places; fine steps keep it exact enough.
        double x = -8;
        double step = 1e-5;
        double cumulative = 0;
        for (int i = 0; i < normals.length; i++) {
            double wanted = (i + 0.5) / normals.length;
            while (cumulative < wanted && x < 8) {
                cumulative += step * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
                x += step;
            }
            normals[i] = (float) x;
        }
        return normals;
    }

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Size size = Size.of(arguments[1]);
        float[] normals = normals();
        for (int model = 0; model <= Integer.parseInt(arguments[2]); model++) {
            Path target = Files.createDirectories(folder.resolve(model == 0 ? "base" : "tune" + model));
            Files.writeString(target.resolve("config.json"), size.config());
            List<TensorInfo> tensors = size.tensors();
            try (SafetensorsWriter writer = SafetensorsWriter.create(target.resolve("model.safetensors"), tensors)) {
                for (TensorInfo tensor : tensors) {
                    write(writer, tensor, model, normals);
                }
                writer.finish();
            }
        }
    }

    private static void write(SafetensorsWriter writer, TensorInfo tensor, int model, float[] normals) {
        long elements = tensor.shape().elements();
        CounterRandom base = CounterRandom.of(1, tensor.name(), 0);
        CounterRandom change = CounterRandom.of(2, tensor.name(), model);
        float center = tensor.shape().rank() == 1 ? 1 : 0;
        IntStream.range(0, (int) Math.ceilDiv(elements, (long) PIECE)).parallel().forEach(piece -> {
            long first = (long) piece * PIECE;
            int length = (int) Math.min(PIECE, elements - first);
            int[] bits = new int[length];
            base.fill(first, bits, length);
            float[] values = new float[length];
            for (int i = 0; i < length; i++) {
                values[i] = rounded(center + (float) SPREAD * normals[bits[i] >>> 16]);
            }
            if (model > 0) {
                change.fill(first, bits, length);
                for (int i = 0; i < length; i++) {
                    values[i] += (float) CHANGE * normals[bits[i] >>> 16];
                }
            }
            ByteBuffer encoded = ByteBuffer.allocate(2 * length).order(ByteOrder.LITTLE_ENDIAN);
            for (float value : values) {
                encoded.putShort((short) (Float.floatToRawIntBits(rounded(value)) >>> 16));
            }
            writer.write(tensor.name(), 2 * first, encoded.flip());
        });
    }

    private static float rounded(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.intBitsToFloat((bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff_0000);
    }
}
