package org.llmmerging.checkpoint;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(60)
class CheckpointStreamTest {
    private static final long SEED = 12;
    private static final List<TensorInfo> TENSORS = List.of(
            new TensorInfo("z", DType.BF16, Shape.of(300, 501)),
            new TensorInfo("a", DType.BOOL, Shape.of(70_001)),
            new TensorInfo("m", DType.F32, Shape.of(40, 40)),
            new TensorInfo("empty", DType.F32, Shape.of(0, 4)),
            new TensorInfo("scalar", DType.I64, Shape.of()),
            new TensorInfo("y", DType.F32, Shape.of(513, 513)));

    @TempDir
    Path folder;

    private record Part(String tensor, int offset, byte[] bytes) {}

    private static List<Part> cut(List<TensorInfo> order, Map<String, byte[]> content, SplittableRandom random) {
        List<Part> parts = new ArrayList<>();
        for (TensorInfo tensor : order) {
            byte[] bytes = content.get(tensor.name());
            for (int at = 0; at < bytes.length;) {
                int end = Math.min(bytes.length, at + random.nextInt(1, 1 + random.nextInt(1, 60_000)));
                parts.add(new Part(tensor.name(), at, Arrays.copyOfRange(bytes, at, end)));
                at = end;
            }
        }
        return parts;
    }

    /** A window of 4096 bytes is much smaller than a tensor, one of a megabyte larger than most. */
    @ParameterizedTest
    @CsvSource({
        "4096, 0, 9223372036854775807",
        "4096, 4096, 9223372036854775807",
        "8192, 4096, 400000",
        "1048576, 4096, 1",
        "1048576, 0, 300000"
    })
    void readsBackWhatManyThreadsWroteInPieces(int window, int blockSize, long maxShardBytes) throws Exception {
        SplittableRandom random = new SplittableRandom(SEED);
        Map<String, byte[]> content = RandomContent.of(TENSORS, random);
        CheckpointLayout layout = CheckpointLayout.of(folder, TENSORS, maxShardBytes);
        Map<Path, String> digests;
        try (CheckpointStream stream = CheckpointStream.create(layout, window, blockSize)) {
            List<Part> parts = cut(stream.tensors(), content, random);
            AtomicInteger next = new AtomicInteger();
            inThreads(4, () -> {
                for (int i = next.getAndIncrement(); i < parts.size(); i = next.getAndIncrement()) {
                    Part part = parts.get(i);
                    stream.write(part.tensor(), part.offset(), ByteBuffer.wrap(part.bytes()));
                }
                return null;
            });
            digests = stream.finish();
        }
        assertEquals(layout.shards().stream().map(CheckpointLayout.Shard::file).toList(),
                List.copyOf(digests.keySet()));
        for (Map.Entry<Path, String> digest : digests.entrySet()) {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(digest.getKey()));
            assertEquals(HexFormat.of().formatHex(hash), digest.getValue(), digest.getKey().toString());
        }
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            assertEquals(content.keySet(), checkpoint.tensors().keySet());
            for (TensorInfo tensor : TENSORS) {
                byte[] read = checkpoint.tensor(tensor.name()).data().toArray(ValueLayout.JAVA_BYTE);
                assertArrayEquals(content.get(tensor.name()), read, tensor.name() + ", seed " + SEED);
            }
        }
    }

    private static void inThreads(int threads, Callable<Void> work) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(work));
            }
            for (Future<Void> each : running) {
                each.get();
            }
        }
    }

    @Test
    void writesTheBytesOfAFileWrittenInAnyOrder() throws IOException {
        Map<String, byte[]> content = RandomContent.of(TENSORS, new SplittableRandom(SEED));
        try (CheckpointStream stream = CheckpointStream.create(folder, TENSORS, Long.MAX_VALUE)) {
            stream.tensors().forEach(
                    tensor -> stream.write(tensor.name(), 0, ByteBuffer.wrap(content.get(tensor.name()))));
            stream.finish();
        }
        Path other = folder.resolve("other.safetensors");
        try (SafetensorsWriter writer = SafetensorsWriter.create(other, TENSORS)) {
            TENSORS.forEach(tensor -> writer.write(tensor.name(), 0, ByteBuffer.wrap(content.get(tensor.name()))));
            writer.finish();
        }
        assertEquals(-1, Files.mismatch(folder.resolve("model.safetensors"), other));
    }

    @Test
    void aCheckpointWithoutTensorsIsAHeader() {
        try (CheckpointStream stream = CheckpointStream.create(folder, List.of(), Long.MAX_VALUE)) {
            assertEquals(1, stream.finish().size());
        }
        try (SafetensorsFile written = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            assertEquals(Map.of(), written.tensors());
        }
    }

    @Test
    void refusesToFinishBeforeEverythingIsWrittenAndCanBeGivenUp() {
        try (CheckpointStream stream = CheckpointStream.create(folder, TENSORS, Long.MAX_VALUE)) {
            stream.write("y", 0, ByteBuffer.allocate(64));
            assertThrows(IllegalStateException.class, stream::finish);
        }
    }

    @Test
    void refusesToWriteOutsideATensor() {
        try (CheckpointStream stream = CheckpointStream.create(folder, TENSORS, Long.MAX_VALUE)) {
            assertThrows(IndexOutOfBoundsException.class, () -> stream.write("scalar", 5, ByteBuffer.allocate(4)));
            assertThrows(IndexOutOfBoundsException.class, () -> stream.write("scalar", -1, ByteBuffer.allocate(1)));
            assertThrows(IllegalArgumentException.class, () -> stream.write("x", 0, ByteBuffer.allocate(1)));
        }
    }

    @Test
    void whoWaitsForAPartThatWillNotComeIsToldWhy() throws Exception {
        CheckpointLayout layout = CheckpointLayout.of(folder, TENSORS, Long.MAX_VALUE);
        try (CheckpointStream stream = CheckpointStream.create(layout, 4096, 0);
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            // Nobody writes the tensor before it, and this one is longer than all windows.
            Future<?> waiting = other.submit(() -> stream.write("y", 0, ByteBuffer.allocate(4 * 513 * 513)));
            Error cause = new InternalError("the part before cannot be read");
            stream.giveUp(cause);
            stream.giveUp(new IllegalStateException("later"));
            ExecutionException received = assertThrows(ExecutionException.class, waiting::get);
            assertSame(cause, received.getCause());
        }
    }

    @Test
    void anInterruptEndsTheWritingAndIsKept() throws Exception {
        CheckpointLayout layout = CheckpointLayout.of(folder, TENSORS, Long.MAX_VALUE);
        try (CheckpointStream stream = CheckpointStream.create(layout, 4096, 0)) {
            Thread.currentThread().interrupt();
            assertThrows(OutputException.class, () -> stream.write("y", 0, ByteBuffer.allocate(4 * 513 * 513)));
        }
        assertTrue(Thread.interrupted());
    }

    @Test
    void anInterruptEndsTheWaitingForTheDiskAndIsKept() {
        List<TensorInfo> tensors = List.of(new TensorInfo("a", DType.BOOL, Shape.of(10)));
        try (CheckpointStream stream = CheckpointStream.create(folder, tensors, Long.MAX_VALUE)) {
            stream.write("a", 0, ByteBuffer.allocate(10));
            Thread.currentThread().interrupt();
            String message = assertThrows(OutputException.class, stream::finish).getMessage();
            assertTrue(message.contains("was not written to its end: the thread was interrupted"), message);
        }
        assertTrue(Thread.interrupted());
    }

    /** The disk fails while a thread waits for room: it gets the failure, and so does whoever finishes. */
    @Test
    void aFailureReachesWhoeverWritesAndWaits() throws IOException {
        Files.createFile(folder.resolve("model.safetensors"));
        CheckpointLayout layout = CheckpointLayout.of(folder, TENSORS, Long.MAX_VALUE);
        try (CheckpointStream stream = CheckpointStream.create(layout, 4096, 0)) {
            RuntimeException problem = assertThrows(RuntimeException.class, () -> {
                for (TensorInfo tensor : stream.tensors()) {
                    stream.write(tensor.name(), 0, ByteBuffer.allocate((int) tensor.bytes()));
                }
                stream.finish();
            });
            String message = String.valueOf(assertInstanceOf(OutputException.class, problem).getMessage());
            assertTrue(message.contains(folder.toString()), message);
        }
    }
}
