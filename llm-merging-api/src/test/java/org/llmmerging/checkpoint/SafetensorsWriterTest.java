package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
        try (CheckpointStream stream = CheckpointStream.create(folder, TENSORS, Long.MAX_VALUE)) {
            stream.write("a", 0, ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 2, 2, 2, 2, 5, 6, 7, 8, 1, 1, 1, 1}));
            stream.write("b", 0, ByteBuffer.wrap(new byte[] {9, 9, 9, 9, 9, 9}));
            stream.finish();
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
    void refusesToWriteOutsideATensor() {
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("x"), TENSORS)) {
            assertThrows(IndexOutOfBoundsException.class, () -> writer.write("a", 13, ByteBuffer.allocate(4)));
            assertThrows(IndexOutOfBoundsException.class, () -> writer.write("a", -1, ByteBuffer.allocate(1)));
            assertThrows(IllegalArgumentException.class, () -> writer.write("x", 0, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void namesTheFileThatCannotBeWritten() {
        Path file = folder.resolve("missing").resolve("x");
        OutputException problem = assertThrows(
                OutputException.class, () -> SafetensorsWriter.create(file, TENSORS).close());
        assertTrue(String.valueOf(problem.getMessage()).startsWith(file.toString()), problem.getMessage());
    }

    @Test
    void replacesNothing() throws IOException {
        Path file = Files.writeString(folder.resolve("x"), "kept");
        assertThrows(OutputException.class, () -> SafetensorsWriter.create(file, TENSORS).close());
        assertArrayEquals("kept".getBytes(StandardCharsets.UTF_8), Files.readAllBytes(file));
    }
}
