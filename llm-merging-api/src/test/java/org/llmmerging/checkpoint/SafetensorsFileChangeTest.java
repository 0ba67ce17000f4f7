package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.checkpoint.SafetensorsBytes.entry;

class SafetensorsFileChangeTest {
    private static final String GOOD = "{" + entry("w", "F32", "[2]", 0, 8) + "}";

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    @Test
    void noticesThatTheFileWasCutAfterOpening() throws IOException {
        Path path = SafetensorsBytes.write(file(), GOOD, 8);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            try (RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
                cut.setLength(20);
            }
            CheckpointException problem = assertThrows(CheckpointException.class, () -> file.tensor("w"));
            assertTrue(String.valueOf(problem.getMessage()).contains("was changed while"), problem.getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(value = DType.class, names = {"F64", "F32", "F16", "BF16"})
    void aFileThatIsCutWhileItIsReadIsAnErrorAndNoCrash(DType type) throws IOException {
        int elements = 1 << 20;
        int bytes = elements * type.bytes();
        Path path = SafetensorsBytes.write(file(), "{" + entry("w", type.name(), "[" + elements + "]", 0, bytes) + "}",
                bytes);
        FloatCodec codec = FloatCodec.of(type);
        float[] decoded = new float[elements];
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            MemorySegment data = file.tensor("w").data();
            for (int i = 0; i < 100; i++) {
                codec.decode(data, 0, decoded, 0, elements);
            }
            try (RandomAccessFile cut = new RandomAccessFile(path.toFile(), "rw")) {
                cut.setLength(4096);
            }
            assertThrows(InternalError.class, () -> codec.decode(data, 0, decoded, 0, elements));
            assertThrows(CheckpointException.class, file::verifyUnchanged);
        }
    }

    @Test
    void noticesThatTheFileWasReplacedOrOverwrittenAfterOpening() throws IOException {
        Path path = SafetensorsBytes.write(file(), GOOD, 8);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Path other = SafetensorsBytes.write(folder.resolve("other"), GOOD, 8);
            Files.setLastModifiedTime(other, Files.getLastModifiedTime(path));
            Files.move(other, path, StandardCopyOption.REPLACE_EXISTING);
            assertThrows(CheckpointException.class, file::verifyUnchanged);
        }
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            Files.write(path, new byte[] {1}, StandardOpenOption.WRITE);
            Files.setLastModifiedTime(path, FileTime.fromMillis(0));
            assertThrows(CheckpointException.class, file::verifyUnchanged);
        }
    }
}
