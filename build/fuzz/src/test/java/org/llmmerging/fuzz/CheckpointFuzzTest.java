package org.llmmerging.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.LoraAdapter;
import org.llmmerging.checkpoint.Tensor;

/** Weight files of any content are read, or refused with a message; what is read lies in the file. */
class CheckpointFuzzTest {
    @TempDir
    private static Path folder;

    @FuzzTest(maxDuration = "2m")
    void safetensors(byte[] content) {
        check("safetensors", "model.safetensors", content);
    }

    @FuzzTest(maxDuration = "2m")
    void torch(byte[] content) {
        check("torch", "pytorch_model.bin", content);
    }

    @FuzzTest(maxDuration = "2m")
    void index(byte[] content) throws IOException {
        for (String tensor : List.of("a", "b")) {
            shard(folder.resolve("index"), tensor);
        }
        check("index", "model.safetensors.index.json", content);
    }

    @FuzzTest(maxDuration = "2m")
    void adapterConfiguration(byte[] content) throws IOException {
        Path adapter = Files.createDirectories(folder.resolve("adapter"));
        write(adapter.resolve("adapter_model.safetensors"), """
                {"base_model.model.a.lora_A.weight":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},\
                "base_model.model.a.lora_B.weight":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]}}""", 8);
        new FuzzedFolder(adapter).check("adapter_config.json", content, _ -> LoraAdapter.open(adapter).close());
    }

    /** The file in which the index among the seeds has a tensor. */
    private static void shard(Path model, String tensor) throws IOException {
        Files.createDirectories(model);
        write(model.resolve("model-0000" + (tensor.equals("a") ? 1 : 2) + "-of-00002.safetensors"),
                "{\"" + tensor + "\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4);
    }

    private static void write(Path file, String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer content = ByteBuffer.allocate(Long.BYTES + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, content.putLong(text.length).put(text).array());
    }

    private static void check(String subfolder, String name, byte[] content) {
        Path model = folder.resolve(subfolder);
        model.toFile().mkdirs();
        new FuzzedFolder(model).check(name, content, _ -> {
            try (Checkpoint checkpoint = Checkpoint.open(model)) {
                for (String tensor : checkpoint.tensors().keySet()) {
                    readWhole(checkpoint.tensor(tensor));
                }
            }
        });
    }

    private static void readWhole(Tensor tensor) {
        long expected = tensor.info().bytes();
        if (tensor.data().byteSize() != expected) {
            throw new AssertionError(tensor.info() + " has " + tensor.data().byteSize() + " bytes");
        }
        tensor.data().toArray(ValueLayout.JAVA_BYTE);
    }
}
