package org.llmmerging.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.llmmerging.checkpoint.SafetensorsFile;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.Shape;

/** Weights as arrays of float64, tensor by tensor. */
final class Weights {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private Weights() {}

    /** One tensor; its elements are in row-major order. */
    record Values(Shape shape, double[] elements) {}

    /** Every tensor of {@code model.safetensors} in a folder. */
    static SortedMap<String, Values> read(Path folder) {
        return readFile(folder.resolve("model.safetensors"));
    }

    /**
     * A base with a LoRA adapter added: W + (alpha / r) B A for each adapted matrix (Hu et al. 2021), as float32, in
     * which such weights are held.
     */
    static SortedMap<String, Values> readAdapted(Path base, Path adapter) throws IOException {
        JsonNode config = new ObjectMapper().readTree(adapter.resolve("adapter_config.json").toFile());
        double scaling = config.get("lora_alpha").doubleValue() / config.get("r").intValue();
        SortedMap<String, Values> factors = readFile(adapter.resolve("adapter_model.safetensors"));
        SortedMap<String, Values> weights = read(base);
        for (String name : factors.keySet()) {
            if (name.endsWith(".lora_A.weight")) {
                String module = name.substring("base_model.model.".length(), name.length() - ".lora_A.weight".length());
                Values a = factors.get(name);
                Values b = factors.get(name.replace("lora_A", "lora_B"));
                weights.computeIfPresent(module + ".weight", (same, weight) -> adapt(weight, a, b, scaling));
            }
        }
        return weights;
    }

    private static Values adapt(Values weight, Values a, Values b, double scaling) {
        int rows = (int) weight.shape().dimension(0);
        int columns = (int) weight.shape().dimension(1);
        int rank = (int) a.shape().dimension(0);
        double[] adapted = weight.elements().clone();
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                double product = 0;
                for (int k = 0; k < rank; k++) {
                    product += b.elements()[row * rank + k] * a.elements()[k * columns + column];
                }
                int at = row * columns + column;
                adapted[at] = (float) (adapted[at] + scaling * product);
            }
        }
        return new Values(weight.shape(), adapted);
    }

    private static SortedMap<String, Values> readFile(Path path) {
        SortedMap<String, Values> tensors = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            for (TensorInfo info : file.tensors().values()) {
                MemorySegment data = file.tensor(info.name()).data();
                double[] elements = new double[(int) info.shape().elements()];
                for (int i = 0; i < elements.length; i++) {
                    elements[i] = switch (info.dtype()) {
                        case BF16 -> Bfloat16.decode(data.getAtIndex(SHORT, i));
                        case F32 -> data.getAtIndex(FLOAT, i);
                        default -> throw new IllegalArgumentException(info.dtype() + " in " + path);
                    };
                }
                tensors.put(info.name(), new Values(info.shape(), elements));
            }
        }
        return tensors;
    }
}
