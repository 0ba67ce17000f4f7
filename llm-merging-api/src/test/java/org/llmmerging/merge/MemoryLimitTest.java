package org.llmmerging.merge;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.SafetensorsWriter;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.CounterRandom;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Four models of 75 MB each are merged by a virtual machine whose heap is smaller than one of them. */
class MemoryLimitTest {
    private static final List<TensorInfo> TENSORS = List.of(
            new TensorInfo("model.embed_tokens.weight", DType.BF16, Shape.of(8000, 2048)),
            new TensorInfo("model.layers.0.mlp.down_proj.weight", DType.BF16, Shape.of(2048, 5632)),
            new TensorInfo("model.layers.0.mlp.experts.gate_up_proj", DType.BF16, Shape.of(8, 300, 1000)),
            new TensorInfo("model.layers.0.mlp.up_proj.weight", DType.BF16, Shape.of(5120, 2048)),
            new TensorInfo("model.norm.weight", DType.BF16, Shape.of(2048)));

    private static final List<String> METHODS = List.of("ties", "della", "karcher", "sce", "nuslerp");

    @TempDir
    private Path folder;

    @Test
    void mergesModelsSeveralTimesLargerThanTheHeap() throws Exception {
        for (int model = 0; model < 4; model++) {
            write(folder.resolve("m" + model), model);
        }
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=16m",
                "--add-modules=jdk.incubator.vector",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryLimitTest.class.getName(),
                folder.toString()));
        for (String method : METHODS) {
            Files.writeString(folder.resolve(method + ".yml"), """
                    merge_method: %s
                    base_model: %s
                    models: [{model: %s}, {model: %s}%s]
                    parameters: {%s}
                    dtype: bfloat16
                    """.formatted(
                    method, folder.resolve("m0"), folder.resolve("m1"), folder.resolve("m2"),
                    method.equals("nuslerp") ? "" : ", {model: " + folder.resolve("m3") + "}",
                    switch (method) {
                        case "ties", "della" -> "weight: 0.5, density: 0.5";
                        case "sce" -> "select_topk: 0.1";
                        case "nuslerp" -> "weight: 0.5, nuslerp_flatten: false, nuslerp_row_wise: true";
                        default -> "";
                    }));
            command.add(method);
        }
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();
        assertTrue(ended, "the merges take too long");
        assertEquals(0, process.exitValue(), Files.readString(log));
        for (String method : METHODS) {
            try (Checkpoint merged = Checkpoint.open(folder.resolve("out-" + method))) {
                assertEquals(TENSORS, List.copyOf(merged.tensors().values()));
            }
        }
    }

    private static void write(Path model, int index) throws IOException {
        Files.createDirectories(model);
        Files.writeString(model.resolve("config.json"), "{\"model_type\": \"llama\"}");
        try (SafetensorsWriter writer = SafetensorsWriter.create(model.resolve("model.safetensors"), TENSORS)) {
            int rows = 256;
            for (TensorInfo tensor : TENSORS) {
                int columns = (int) tensor.shape().columns();
                int[] bits = new int[rows * columns];
                for (long first = 0; first < tensor.shape().elements(); first += bits.length) {
                    int length = (int) Math.min(bits.length, tensor.shape().elements() - first);
                    CounterRandom.of(1, tensor.name(), index).fill(first, bits, length);
                    ByteBuffer data = ByteBuffer.allocate(2 * length).order(ByteOrder.LITTLE_ENDIAN);
                    for (int i = 0; i < length; i++) {
                        // From 1/4 to 1, either sign.
                        data.putShort((short) (0x3e80 | (bits[i] & 0x80ff)));
                    }
                    writer.write(tensor.name(), 2 * first, data.flip());
                }
            }
            writer.finish();
        }
    }

    /** The forked virtual machine: a folder, and the methods whose configurations are in it. */
    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        for (String method : List.of(arguments).subList(1, arguments.length)) {
            Path file = folder.resolve(method + ".yml");
            MergeRun.of(file, folder, MergeOptions.defaults(42), folder.resolve("out-" + method))
                    .close();
        }
    }
}
