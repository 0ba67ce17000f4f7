package org.llmmerging.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CheckpointLayoutTest {
    private static final List<TensorInfo> TENSORS = List.of(
            new TensorInfo("z", DType.BF16, Shape.of(3, 5)),
            new TensorInfo("a", DType.BOOL, Shape.of(7)),
            new TensorInfo("m", DType.F32, Shape.of(4, 4)),
            new TensorInfo("empty", DType.F32, Shape.of(0, 4)),
            new TensorInfo("scalar", DType.I64, Shape.of()));
    private static final long TOTAL = 30 + 7 + 64 + 8;

    @TempDir
    Path folder;

    @Test
    void oneFileHasNoIndex() {
        write(TENSORS, TOTAL);
        assertEquals(List.of("model.safetensors"), names());
    }

    @Test
    void shardsAreFilledInTheOrderOfTheNames() throws IOException {
        List<TensorInfo> tensors = List.of(floats("d", 3), floats("b", 2), floats("a", 2), floats("c", 2));
        write(tensors, 16);
        assertEquals(List.of("model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                "model-00003-of-00003.safetensors", "model.safetensors.index.json"), names());
        JsonNode index = new JsonMapper().readTree(folder.resolve("model.safetensors.index.json").toFile());
        assertEquals(36, index.path("metadata").path("total_size").asLong());
        JsonNode map = index.path("weight_map");
        assertEquals("model-00001-of-00003.safetensors", map.path("a").asText());
        assertEquals("model-00001-of-00003.safetensors", map.path("b").asText());
        assertEquals("model-00002-of-00003.safetensors", map.path("c").asText());
        assertEquals("model-00003-of-00003.safetensors", map.path("d").asText());
        assertEquals(4, map.size());
    }

    @Test
    void theIndexLooksAsHuggingFaceToolsWriteIt() throws IOException {
        write(List.of(floats("b", 2), floats("a", 2)), 8);
        assertEquals("""
                {
                  "metadata": {
                    "total_size": 16
                  },
                  "weight_map": {
                    "a": "model-00001-of-00002.safetensors",
                    "b": "model-00002-of-00002.safetensors"
                  }
                }
                """, Files.readString(folder.resolve("model.safetensors.index.json")));
    }

    @Test
    void everyTensorIsAlignedAndTheHeaderSaysPt() throws IOException {
        write(TENSORS, TOTAL);
        byte[] file = Files.readAllBytes(folder.resolve("model.safetensors"));
        long length = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        assertEquals(0, length % 8);
        JsonNode header = new JsonMapper().readTree(new String(file, 8, (int) length, StandardCharsets.UTF_8));
        assertEquals("pt", header.path("__metadata__").path("format").asText());
        for (TensorInfo tensor : TENSORS) {
            long begin = header.path(tensor.name()).path("data_offsets").path(0).asLong();
            assertEquals(0, (8 + length + begin) % tensor.dtype().bytes(), tensor.name());
        }
    }

    @Test
    void theSameInputGivesTheSameBytes() throws IOException {
        write(TENSORS, TOTAL);
        byte[] first = Files.readAllBytes(folder.resolve("model.safetensors"));
        Files.delete(folder.resolve("model.safetensors"));
        write(TENSORS.reversed(), TOTAL);
        assertArrayEquals(first, Files.readAllBytes(folder.resolve("model.safetensors")));
    }

    @Test
    void refusesTheSameNameTwice() {
        List<TensorInfo> twice = List.of(floats("a", 1), floats("a", 2));
        assertThrows(IllegalArgumentException.class, () -> create(folder, twice));
    }

    @Test
    void saysHowMuchSpaceIsNeededBeforeAnythingIsWritten() {
        List<TensorInfo> huge = List.of(new TensorInfo("huge", DType.F32, Shape.of(1L << 58)));
        OutputException problem = assertThrows(
                OutputException.class, () -> create(folder, huge));
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(folder.toString()) && message.contains((1L << 60) + " are needed"), message);
        assertEquals(4, problem.exitCode());
        assertEquals(List.of(), names());
    }

    @Test
    void aFullDiskNamesTheBytesNeededAndTheRemedy() {
        IOException full = new IOException("No space left on device");
        String message = String.valueOf(OutputException.of(folder, full, 123).getMessage());
        assertEquals(folder + ": the disk is full. 123 bytes are needed in all."
                + " Free some space or name a folder on another disk", message);
    }

    private static void create(Path target, List<TensorInfo> tensors) {
        CheckpointStream.create(target, tensors, Long.MAX_VALUE).close();
    }

    private void write(List<TensorInfo> tensors, long maxShardBytes) {
        try (CheckpointStream stream = CheckpointStream.create(folder, tensors, maxShardBytes)) {
            for (TensorInfo tensor : stream.tensors()) {
                stream.write(tensor.name(), 0, ByteBuffer.allocate((int) tensor.bytes()));
            }
            stream.finish();
        }
    }

    private List<String> names() {
        String[] names = folder.toFile().list();
        return names == null ? List.of() : Arrays.stream(names).sorted().toList();
    }

    private static TensorInfo floats(String name, long elements) {
        return new TensorInfo(name, DType.F32, Shape.of(elements));
    }
}
