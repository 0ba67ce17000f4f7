package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SafetensorsWriterTest {
    private static final List<TensorInfo> TENSORS = List.of(
            new TensorInfo("b", DType.BF16, Shape.of(3)), new TensorInfo("a", DType.F32, Shape.of(2, 2)));

    @TempDir
    Path folder;

    @Test
    void aFileOfAnyNameIsTheOneOfACheckpoint() throws IOException {
        Path file = folder.resolve("logits.safetensors");
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, TENSORS)) {
            writer.write("a", 8, ByteBuffer.wrap(new byte[] {5, 6, 7, 8, 1, 1, 1, 1}));
            writer.write("b", 0, ByteBuffer.wrap(new byte[] {9, 9, 9, 9, 9, 9}));
            writer.write("a", 0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 2, 2, 2, 2}));
            writer.finish();
        }
        try (CheckpointWriter writer = CheckpointWriter.create(folder, TENSORS, Long.MAX_VALUE, Map.of())) {
            writer.write("a", 0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 2, 2, 2, 2, 5, 6, 7, 8, 1, 1, 1, 1}));
            writer.write("b", 0, ByteBuffer.wrap(new byte[] {9, 9, 9, 9, 9, 9}));
            writer.finish();
        }
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("model.safetensors")), Files.readAllBytes(file));
    }

    @Test
    void refusesToFinishBeforeEverythingIsWritten() {
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("x"), TENSORS)) {
            writer.write("b", 0, ByteBuffer.allocate(6));
            assertThrows(IllegalStateException.class, writer::finish);
        }
    }

    @Test
    void replacesNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "kept");
        assertThrows(OutputException.class, () -> SafetensorsWriter.create(file, TENSORS).close());
        assertArrayEquals("kept".getBytes(StandardCharsets.UTF_8), Files.readAllBytes(file));
    }
}
