package org.llmmerging.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CheckpointWriterTest {
    private static final long SEED = 11;
    private static final List<TensorInfo> TENSORS = List.of(
            new TensorInfo("z", DType.BF16, Shape.of(3, 5)),
            new TensorInfo("a", DType.BOOL, Shape.of(7)),
            new TensorInfo("m", DType.F32, Shape.of(4, 4)),
            new TensorInfo("empty", DType.F32, Shape.of(0, 4)),
            new TensorInfo("scalar", DType.I64, Shape.of()));
    private static final long TOTAL = 30 + 7 + 64 + 8;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 20, 40, 64, 108, 109, Long.MAX_VALUE})
    void readsBackWhatManyThreadsWroteInPieces(long maxShardBytes) {
        Map<String, byte[]> content = RandomContent.of(TENSORS, new SplittableRandom(SEED));
        try (CheckpointWriter writer = CheckpointWriter.create(folder, TENSORS, maxShardBytes, Map.of("k", "v"))) {
            assertEquals(TOTAL, writer.totalBytes());
            content.entrySet().parallelStream().forEach(entry -> {
                byte[] bytes = entry.getValue();
                IntStream.range(0, (bytes.length + 2) / 3).parallel().forEach(i -> {
                    int end = Math.min(3 * i + 3, bytes.length);
                    writer.write(entry.getKey(), 3L * i, ByteBuffer.wrap(Arrays.copyOfRange(bytes, 3 * i, end)));
                });
            });
            writer.finish();
            assertEquals(maxShardBytes < TOTAL, writer.files().size() > 1);
        }
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(content.keySet(), checkpoint.tensors().keySet());
            for (TensorInfo tensor : TENSORS) {
                Tensor read = checkpoint.tensor(tensor.name());
                assertEquals(tensor, read.info());
                assertArrayEquals(content.get(tensor.name()), read.data().toArray(ValueLayout.JAVA_BYTE),
                        "seed " + SEED);
            }
        }
    }

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
    void writesMoreShardsThanFilesMayBeOpen() {
        List<TensorInfo> tensors = IntStream.range(0, 100).mapToObj(i -> floats("t" + i, 1)).toList();
        write(tensors, 4);
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(100, checkpoint.tensors().size());
        }
    }

    @Test
    void refusesToFinishBeforeEverythingIsWritten() {
        try (CheckpointWriter writer = CheckpointWriter.create(folder, TENSORS, TOTAL, Map.of())) {
            writer.write("m", 0, ByteBuffer.allocate(64));
            assertThrows(IllegalStateException.class, writer::finish);
        }
    }

    @Test
    void refusesToWriteOutsideATensor() {
        try (CheckpointWriter writer = CheckpointWriter.create(folder, TENSORS, TOTAL, Map.of())) {
            assertThrows(IndexOutOfBoundsException.class, () -> writer.write("m", 61, ByteBuffer.allocate(4)));
            assertThrows(IndexOutOfBoundsException.class, () -> writer.write("m", -1, ByteBuffer.allocate(1)));
            assertThrows(IllegalArgumentException.class, () -> writer.write("x", 0, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void refusesTheSameNameTwice() {
        List<TensorInfo> twice = List.of(floats("a", 1), floats("a", 2));
        assertThrows(IllegalArgumentException.class, () -> CheckpointWriter.create(folder, twice, 4, Map.of()));
    }

    @Test
    void saysHowMuchSpaceIsNeededBeforeAnythingIsWritten() {
        List<TensorInfo> huge = List.of(new TensorInfo("huge", DType.F32, Shape.of(1L << 58)));
        OutputException problem = assertThrows(
                OutputException.class, () -> CheckpointWriter.create(folder, huge, Long.MAX_VALUE, Map.of()).close());
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(folder.toString()) && message.contains((1L << 60) + " are needed"), message);
        assertEquals(4, problem.exitCode());
        assertEquals(List.of(), names());
    }

    @Test
    void namesTheFolderThatCannotBeWritten() {
        Path missing = folder.resolve("missing");
        OutputException problem = assertThrows(
                OutputException.class, () -> CheckpointWriter.create(missing, TENSORS, TOTAL, Map.of()).close());
        assertTrue(String.valueOf(problem.getMessage()).startsWith(missing.toString()), problem.getMessage());
    }

    @Test
    void aFullDiskNamesTheBytesNeededAndTheRemedy() {
        IOException full = new IOException("No space left on device");
        String message = String.valueOf(OutputException.of(folder, full, 123).getMessage());
        assertEquals(folder + ": the disk is full. 123 bytes are needed in all."
                + " Free some space or name a folder on another disk", message);
    }

    private void write(List<TensorInfo> tensors, long maxShardBytes) {
        try (CheckpointWriter writer = CheckpointWriter.create(folder, tensors, maxShardBytes, Map.of())) {
            for (TensorInfo tensor : tensors) {
                writer.write(tensor.name(), 0, ByteBuffer.allocate((int) tensor.bytes()));
            }
            writer.finish();
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
