package org.llmmerging.eval.model;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.tensor.Shape;

/** A model that, as float32, the machine has no memory for. Its file takes no room on the disk. */
public final class LargeModel {
    private LargeModel() {}

    /** Writes it into a folder that exists. */
    public static void write(Path folder) throws IOException {
        int width = 4096;
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long memory = system.getTotalMemorySize() + system.getTotalSwapSpaceSize();
        long rows = memory / width / Float.BYTES;
        Map<String, Shape> shapes = new LinkedHashMap<>();
        shapes.put("model.embed_tokens.weight", Shape.of(rows, width));
        shapes.put("model.norm.weight", Shape.of(width));
        String layer = "model.layers.0.";
        for (String name : List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj")) {
            shapes.put(layer + name + ".weight", Shape.of(width, width));
        }
        for (String name : List.of("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")) {
            shapes.put(layer + name + ".weight", Shape.of(width, width));
        }
        shapes.put(layer + "input_layernorm.weight", Shape.of(width));
        shapes.put(layer + "post_attention_layernorm.weight", Shape.of(width));
        writeHoles(folder.resolve("model.safetensors"), shapes);
        Files.writeString(folder.resolve("config.json"), """
                {"model_type": "llama", "vocab_size": %d, "hidden_size": %d, "intermediate_size": %d,
                 "num_hidden_layers": 1, "num_attention_heads": 32, "num_key_value_heads": 32,
                 "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "tie_word_embeddings": true}
                """.formatted(rows, width, width));
    }

    /** Bfloat16 tensors that take no place on the disk. */
    private static void writeHoles(Path file, Map<String, Shape> shapes) throws IOException {
        StringBuilder header = new StringBuilder();
        long end = 0;
        for (Map.Entry<String, Shape> tensor : shapes.entrySet()) {
            long begin = end;
            end += tensor.getValue().elements() * Short.BYTES;
            header.append(header.isEmpty() ? "{" : ",")
                    .append("\"%s\":{\"dtype\":\"BF16\",\"shape\":%s,\"data_offsets\":[%d,%d]}".formatted(
                            tensor.getKey(), Arrays.toString(tensor.getValue().dimensions()), begin, end));
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length);
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(length.array());
            out.write(json);
            out.setLength(Long.BYTES + json.length + end);
        }
    }
}
