package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.llmmerging.checkpoint.SafetensorsBytes.entry;

@Timeout(60)
class SafetensorsFileTest {
    private static final String GOOD = "{" + entry("w", "F32", "[2]", 0, 8) + "}";

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("model.safetensors");
    }

    private String messageOf(Path file) {
        CheckpointException problem = assertThrows(CheckpointException.class, () -> SafetensorsFile.open(file).close());
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(file.toString()), message);
        assertTrue(message.length() < 1000, "the message stays short: " + message.length());
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
        assertEquals(3, problem.exitCode());
        return message;
    }

    @Test
    void readsNamesTypesShapesAndData() {
        String header = "{\"__metadata__\":{\"format\":\"pt\"}," + entry("b", "U8", "[3]", 4, 7) + ","
                + entry("a", "F16", "[1,2]", 0, 4) + "}";
        try (SafetensorsFile file = SafetensorsFile.open(SafetensorsBytes.write(file(), header, 7))) {
            assertEquals(List.of("a", "b"), List.copyOf(file.tensors().keySet()));
            assertEquals(new TensorInfo("a", DType.F16, Shape.of(1, 2)), file.tensor("a").info());
            assertArrayEquals(new byte[] {4, 5, 6}, file.tensor("b").data().toArray(ValueLayout.JAVA_BYTE));
            assertTrue(file.tensor("a").data().isReadOnly());
        }
    }

    @Test
    void acceptsWhiteSpaceAroundTheHeader() {
        SafetensorsFile.open(SafetensorsBytes.write(file(), " \n\t" + GOOD + "   \n", 8)).close();
    }

    @Test
    void acceptsAnEmptyFileOfNoTensors() {
        try (SafetensorsFile file = SafetensorsFile.open(SafetensorsBytes.write(file(), "{}", 0))) {
            assertTrue(file.tensors().isEmpty());
        }
    }

    @Test
    void acceptsZeroElementAndRankZeroTensors() {
        String header = "{" + entry("none", "F32", "[0,5]", 4, 4) + "," + entry("scalar", "F32", "[]", 0, 4) + ","
                + entry("first", "I64", "[0]", 0, 0) + "}";
        try (SafetensorsFile file = SafetensorsFile.open(SafetensorsBytes.write(file(), header, 4))) {
            assertEquals(4, file.tensor("scalar").data().byteSize());
            assertEquals(0, file.tensor("none").data().byteSize());
            assertEquals(0, file.tensor("first").info().shape().elements());
        }
    }

    @Test
    void acceptsATensorOverTwoGibibytes() throws IOException {
        long bytes = (1L << 31) + 4096;
        byte[] header = ("{" + entry("big", "U8", "[" + bytes + "]", 0, bytes) + "}").getBytes(StandardCharsets.UTF_8);
        SafetensorsBytes.write(file(), header, 0);
        try (RandomAccessFile sparse = new RandomAccessFile(file().toFile(), "rw")) {
            sparse.setLength(8 + header.length + bytes);
            sparse.seek(8 + header.length + bytes - 1);
            sparse.write(42);
        }
        try (SafetensorsFile file = SafetensorsFile.open(file())) {
            MemorySegment data = file.tensor("big").data();
            assertEquals(bytes, data.byteSize());
            assertEquals(42, data.get(ValueLayout.JAVA_BYTE, bytes - 1));
        }
    }

    @Test
    void refusesAHeaderThatIsNotUtf8() {
        byte[] header = GOOD.replace('w', 'ÿ').getBytes(StandardCharsets.ISO_8859_1);
        String message = messageOf(SafetensorsBytes.write(file(), header, 8));
        assertTrue(message.contains("is not UTF-8"), message);
    }

    @Test
    void acceptsNamesOutsideAscii() {
        String header = "{" + entry("가중치😀", "F32", "[2]", 0, 8) + "}";
        try (SafetensorsFile file = SafetensorsFile.open(SafetensorsBytes.write(file(), header, 8))) {
            assertEquals(8, file.tensor("가중치😀").data().byteSize());
        }
    }

    @Test
    void refusesAnEmptyFileAndOneOfSevenBytes() {
        assertTrue(messageOf(SafetensorsBytes.writeRaw(file(), new byte[0])).contains("has 0 bytes"));
        assertTrue(messageOf(SafetensorsBytes.writeRaw(file(), new byte[7])).contains("has 7 bytes"));
    }

    @Test
    void refusesAHeaderLengthBeyondTheFileOrTheFormat() {
        long[] lengths = {100, 99_999_999, 100_000_000, 100_000_001, Long.MAX_VALUE, -1, Long.MIN_VALUE};
        for (long length : lengths) {
            byte[] content = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
            String message = messageOf(SafetensorsBytes.writeRaw(file(), content));
            assertTrue(message.contains("claims a header of " + Long.toUnsignedString(length)), message);
        }
    }

    @Test
    void readsTheLargestHeader() {
        StringBuilder header = new StringBuilder(99_999_999);
        header.append(GOOD).append(" ".repeat(99_999_999 - GOOD.length()));
        byte[] bytes = header.toString().getBytes(StandardCharsets.US_ASCII);
        SafetensorsFile.open(SafetensorsBytes.write(file(), bytes, 8)).close();
    }

    @Test
    void readsMetadataThatFillsTheLargestHeader() {
        String start = "{\"__metadata__\":{\"a\":\"";
        String end = "\"}}";
        byte[] bytes = (start + "x".repeat(99_999_999 - start.length() - end.length()) + end)
                .getBytes(StandardCharsets.US_ASCII);
        SafetensorsFile.open(SafetensorsBytes.write(file(), bytes, 0)).close();
    }

    @Test
    void readsOneMillionTensors() {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < 1_000_000; i++) {
            header.append(i == 0 ? "" : ",").append(entry("tensor." + i, "U8", "[1]", i, i + 1));
        }
        Path path = SafetensorsBytes.write(file(), header.append('}').toString(), 1_000_000);
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            assertEquals(1_000_000, file.tensors().size());
            assertEquals((byte) 777_777, file.tensor("tensor.777777").data().get(ValueLayout.JAVA_BYTE, 0));
        }
    }

    @Test
    void refusesOneHundredThousandTensorsOnOneRange() {
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < 100_000; i++) {
            header.append(i == 0 ? "" : ",").append(entry("t" + i, "U8", "[1000]", 0, 1000));
        }
        String message = messageOf(SafetensorsBytes.write(file(), header.append('}').toString(), 1000));
        assertTrue(message.contains("overlaps"), message);
    }

    @Test
    void namesWhatStandsInPlaceOfTheWeights() {
        Map<String, String> contents = Map.of(
                "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n", "git lfs pull",
                "\n<!DOCTYPE html><html>", "web page",
                "PK\u0003\u0004 and then some", "Convert it to safetensors",
                "GGUF and then some more", "GGUF");
        contents.forEach((content, expected) -> {
            byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
            String message = messageOf(SafetensorsBytes.writeRaw(file(), bytes));
            assertTrue(message.contains(expected), message);
        });
    }

    @Test
    void refusesWhatIsNoReadableFile() throws IOException, InterruptedException {
        assertTrue(messageOf(folder).contains("is a folder"));
        assertTrue(messageOf(file()).contains("does not exist"));
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        assertTrue(messageOf(loop).contains("cannot be read"));
        Path pipe = folder.resolve("pipe");
        assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "needs mkfifo");
        assertTrue(messageOf(pipe).contains("not a regular file"));
    }

    @Test
    void refusesAFileThatMayNotBeRead() throws IOException {
        Path file = SafetensorsBytes.write(file(), GOOD, 8);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "the superuser reads everything");
        assertTrue(messageOf(file).contains("may not be read"));
    }

    @Test
    void namesTheFileWhenThereIsNoSuchTensor() {
        try (SafetensorsFile file = SafetensorsFile.open(SafetensorsBytes.write(file(), GOOD, 8))) {
            CheckpointException problem = assertThrows(CheckpointException.class, () -> file.tensor("v"));
            assertEquals(file() + ": has no tensor \"v\"", problem.getMessage());
            assertEquals(Set.of("w"), file.tensors().keySet());
        }
    }

    @Test
    void closingTwiceIsHarmlessAndUnmaps() {
        SafetensorsFile file = SafetensorsFile.open(SafetensorsBytes.write(file(), GOOD, 8));
        MemorySegment data = file.tensor("w").data();
        file.close();
        file.close();
        assertThrows(IllegalStateException.class, () -> data.get(ValueLayout.JAVA_BYTE, 0));
    }
}
