package org.llmmerging.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Writes small adapters and base models of seeded random float32 values, without the code under test. */
final class LoraFixture {
    static final long SEED = 7;
    /** A configuration with rank 2 and scaling 3. */
    static final String PLAIN = "\"peft_type\": \"LORA\", \"r\": 2, \"lora_alpha\": 6";

    private static final String PREFIX = "base_model.model.";

    private final Path folder;
    private final SplittableRandom random = new SplittableRandom(SEED);

    LoraFixture(Path folder) {
        this.folder = folder;
    }

    /** adapter_config.json with these members. */
    void config(String content) throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), "{" + content + "}");
    }

    /** The two factors of a module, by their names without the prefix. */
    Map<String, double[]> factors(String module, long out, long in, long rank) {
        return write(Map.of(module + ".lora_A.weight", Shape.of(rank, in),
                module + ".lora_B.weight", Shape.of(out, rank)));
    }

    /** adapter_model.safetensors with these tensors; the prefix is put before the names. */
    Map<String, double[]> write(Map<String, Shape> shapes) {
        return write(folder.resolve("adapter_model.safetensors"), PREFIX, shapes);
    }

    /** A base model of one tensor. */
    Path base(String name, Shape shape) {
        return base(Map.of(name, shape));
    }

    /** A base model of these tensors. */
    Path base(Map<String, Shape> shapes) {
        Path base = folder.resolve("base");
        try {
            Files.createDirectory(base);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        write(base.resolve("model.safetensors"), "", shapes);
        return base;
    }

    private Map<String, double[]> write(Path file, String prefix, Map<String, Shape> shapes) {
        StringBuilder header = new StringBuilder("{");
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        Map<String, double[]> values = new TreeMap<>();
        new TreeMap<>(shapes).forEach((name, shape) -> {
            double[] content = new double[(int) shape.elements()];
            ByteBuffer bytes = ByteBuffer.allocate(4 * content.length)
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < content.length; i++) {
                float value = (float) random.nextDouble(-2, 2);
                content[i] = value;
                bytes.putFloat(value);
            }
            header.append(values.isEmpty() ? "" : ",").append(SafetensorsBytes.entry(
                    prefix + name, "F32", shape.toString(), data.size(), data.size() + bytes.capacity()));
            data.writeBytes(bytes.array());
            values.put(name, content);
        });
        byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        SafetensorsBytes.write(file, text, data.toByteArray());
        return values;
    }

    /** B · A of the module called layer. */
    static double[] product(Map<String, double[]> factors, int out, int in, int rank) {
        double[] a = Objects.requireNonNull(factors.get("layer.lora_A.weight"));
        double[] b = Objects.requireNonNull(factors.get("layer.lora_B.weight"));
        double[] product = new double[out * in];
        for (int i = 0; i < out; i++) {
            for (int j = 0; j < in; j++) {
                for (int k = 0; k < rank; k++) {
                    product[i * in + j] += b[i * rank + k] * a[k * in + j];
                }
            }
        }
        return product;
    }

    /** The weight with the adapter applied to all of it at once. */
    static float[] adapted(LoraAdapter adapter, Tensor weight) {
        float[] values = floats(weight);
        adapter.updateOf(weight).orElseThrow().addTo(values, 0, values.length);
        return values;
    }

    static float[] floats(Tensor tensor) {
        float[] values = new float[(int) tensor.info().shape().elements()];
        assertEquals(DType.F32, tensor.info().dtype());
        FloatCodec.of(DType.F32).decode(tensor.data(), 0, values, 0, values.length);
        return values;
    }
}
