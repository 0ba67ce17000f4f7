package org.llmmerging.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.Checkpoint;
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
    void index(byte[] content) {
        check("index", "model.safetensors.index.json", content);
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
