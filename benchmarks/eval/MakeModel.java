import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.llmmerging.checkpoint.SafetensorsWriter;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * Makes a model that evaluation is measured on: {@code MakeModel SHAPE FOLDER [TEXT...]}. It is of random float32
 * weights, 134 million in the shape of Llama, {@code llama}, or 247 million in that of Flan-T5 base, {@code t5}, with a
 * tokenizer whose tokens are the words of the given files and, from {@code w31000} to {@code w31999}, words that
 * benchmarks build prompts of a known length from. It never ends a text by itself.
 */
final class MakeModel {
    private static final int HIDDEN = 768;
    private static final int INTERMEDIATE = 2048;
    private static final int LAYERS = 12;
    private static final int VOCABULARY = 32000;
    private static final int FIRST_FILLER = 31000;
    private static final int END = 2;
    private static final Pattern WORD = Pattern.compile("\\w+|[^\\w\\s]+", Pattern.UNICODE_CHARACTER_CLASS);

    private MakeModel() {
    }

    public static void main(String[] arguments) throws IOException {
        boolean isLlama = switch (arguments[0]) {
            case "llama" -> true;
            case "t5" -> false;
            default -> throw new IllegalArgumentException("no shape " + arguments[0]);
        };
        Path folder = Files.createDirectories(Path.of(arguments[1]));
        List<Path> texts = new ArrayList<>();
        for (int i = 2; i < arguments.length; i++) {
            texts.add(Path.of(arguments[i]));
        }
        Files.writeString(folder.resolve("config.json"), isLlama ? llamaConfig() : t5Config());
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer(words(texts)));
        Files.writeString(folder.resolve("tokenizer_config.json"), """
                {"add_bos_token": true, "add_eos_token": false, "bos_token": "<s>", "eos_token": "</s>",
                 "pad_token": "<pad>", "clean_up_tokenization_spaces": false, "tokenizer_class": "LlamaTokenizer"}
                """);
        List<TensorInfo> tensors = isLlama ? llama() : t5();
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("model.safetensors"), tensors)) {
            for (TensorInfo tensor : tensors) {
                writer.write(tensor.name(), 0, values(tensor));
            }
            writer.finish();
        }
    }

    private static String llamaConfig() {
        return """
                {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": %d,
                 "intermediate_size": %d, "num_hidden_layers": %d, "num_attention_heads": 12,
                 "num_key_value_heads": 12, "vocab_size": %d, "tie_word_embeddings": false, "rms_norm_eps": 1e-05,
                 "max_position_embeddings": 16384, "hidden_act": "silu", "torch_dtype": "float32"}
                """.formatted(HIDDEN, INTERMEDIATE, LAYERS, VOCABULARY);
    }

    private static String t5Config() {
        return """
                {"architectures": ["T5ForConditionalGeneration"], "model_type": "t5", "d_model": %d, "d_kv": 64,
                 "d_ff": %d, "num_layers": %d, "num_decoder_layers": %3$d, "num_heads": 12, "vocab_size": %d,
                 "feed_forward_proj": "gated-gelu", "tie_word_embeddings": false, "pad_token_id": 0,
                 "decoder_start_token_id": 0, "eos_token_id": %d, "torch_dtype": "float32"}
                """.formatted(HIDDEN, INTERMEDIATE, LAYERS, VOCABULARY, END);
    }

    private static List<TensorInfo> t5() {
        List<TensorInfo> tensors = new ArrayList<>();
        add(tensors, "shared.weight", VOCABULARY, HIDDEN);
        for (String stack : List.of("encoder", "decoder")) {
            List<String> attentions = stack.equals("encoder")
                    ? List.of("SelfAttention")
                    : List.of("SelfAttention", "EncDecAttention");
            add(tensors, stack + ".block.0.layer.0.SelfAttention.relative_attention_bias.weight", 32, 12);
            for (int block = 0; block < LAYERS; block++) {
                String prefix = stack + ".block." + block + ".layer.";
                for (int layer = 0; layer < attentions.size(); layer++) {
                    for (String projection : List.of("q", "k", "v", "o")) {
                        String name = prefix + layer + "." + attentions.get(layer) + "." + projection;
                        add(tensors, name + ".weight", HIDDEN, HIDDEN);
                    }
                    add(tensors, prefix + layer + ".layer_norm.weight", HIDDEN);
                }
                String last = prefix + attentions.size() + ".";
                add(tensors, last + "DenseReluDense.wi_0.weight", INTERMEDIATE, HIDDEN);
                add(tensors, last + "DenseReluDense.wi_1.weight", INTERMEDIATE, HIDDEN);
                add(tensors, last + "DenseReluDense.wo.weight", HIDDEN, INTERMEDIATE);
                add(tensors, last + "layer_norm.weight", HIDDEN);
            }
            add(tensors, stack + ".final_layer_norm.weight", HIDDEN);
        }
        add(tensors, "lm_head.weight", VOCABULARY, HIDDEN);
        return tensors;
    }

    private static List<TensorInfo> llama() {
        List<TensorInfo> tensors = new ArrayList<>();
        add(tensors, "model.embed_tokens.weight", VOCABULARY, HIDDEN);
        for (int layer = 0; layer < LAYERS; layer++) {
            String prefix = "model.layers." + layer + ".";
            for (String projection : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
                add(tensors, prefix + "self_attn." + projection + ".weight", HIDDEN, HIDDEN);
            }
            add(tensors, prefix + "mlp.gate_proj.weight", INTERMEDIATE, HIDDEN);
            add(tensors, prefix + "mlp.up_proj.weight", INTERMEDIATE, HIDDEN);
            add(tensors, prefix + "mlp.down_proj.weight", HIDDEN, INTERMEDIATE);
            add(tensors, prefix + "input_layernorm.weight", HIDDEN);
            add(tensors, prefix + "post_attention_layernorm.weight", HIDDEN);
        }
        add(tensors, "model.norm.weight", HIDDEN);
        add(tensors, "lm_head.weight", VOCABULARY, HIDDEN);
        return tensors;
    }

    private static void add(List<TensorInfo> tensors, String name, long... dimensions) {
        tensors.add(new TensorInfo(name, DType.F32, Shape.of(dimensions)));
    }

    /** Normal with standard deviation 0.02; norms are 1, and the logit of the token that ends a text is 0. */
    private static ByteBuffer values(TensorInfo tensor) {
        int elements = Math.toIntExact(tensor.shape().elements());
        ByteBuffer bytes = ByteBuffer.allocate(elements * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(tensor.name().hashCode());
        float[] normals = new float[1 << 16];
        for (int i = 0; i < normals.length; i++) {
            normals[i] = (float) (0.02 * random.nextGaussian());
        }
        boolean isNorm = tensor.shape().rank() == 1;
        for (int i = 0; i < elements; i++) {
            bytes.putFloat(isNorm ? 1 : normals[random.nextInt(normals.length)]);
        }
        if (tensor.name().equals("lm_head.weight")) {
            bytes.put(END * HIDDEN * Float.BYTES, new byte[HIDDEN * Float.BYTES]);
        }
        return bytes.flip();
    }

    private static List<String> words(List<Path> texts) throws IOException {
        Map<String, Integer> counts = new HashMap<>();
        for (Path text : texts) {
            Matcher matcher = WORD.matcher(Files.readString(text));
            while (matcher.find()) {
                counts.merge(matcher.group(), 1, Integer::sum);
            }
        }
        return counts.keySet().stream()
                .sorted(Comparator.comparing((String word) -> -counts.get(word)).thenComparing(word -> word))
                .toList();
    }

    private static String tokenizer(List<String> words) {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        for (String special : List.of("<pad>", "<s>", "</s>", "<unk>")) {
            vocabulary.put(special, vocabulary.size());
        }
        for (String word : words) {
            if (vocabulary.size() < FIRST_FILLER && !word.matches("w\\d+")) {
                vocabulary.putIfAbsent(word, vocabulary.size());
            }
        }
        for (int id = vocabulary.size(); id < VOCABULARY; id++) {
            vocabulary.put("w" + id, id);
        }
        StringBuilder entries = new StringBuilder();
        vocabulary.forEach((word, id) -> entries.append(entries.isEmpty() ? "" : ", ")
                .append(quoted(word))
                .append(": ")
                .append(id));
        StringBuilder specials = new StringBuilder();
        for (String special : List.of("<pad>", "<s>", "</s>", "<unk>")) {
            specials.append(specials.isEmpty() ? "" : ", ").append("""
                    {"id": %d, "content": "%s", "single_word": false, "lstrip": false, "rstrip": false,
                     "normalized": false, "special": true}""".formatted(vocabulary.get(special), special));
        }
        return """
                {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [%s], "normalizer": null,
                 "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
                 "model": {"type": "WordLevel", "vocab": {%s}, "unk_token": "<unk>"}}
                """.formatted(specials, entries);
    }

    private static String quoted(String word) {
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
