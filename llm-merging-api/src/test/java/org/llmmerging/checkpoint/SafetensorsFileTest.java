package org.llmmerging.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.llmmerging.checkpoint.SafetensorsBytes.entry;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

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

    private void assertRefused(String expected, String header, int dataBytes) {
        String message = messageOf(SafetensorsBytes.write(file(), header, dataBytes));
        assertTrue(message.contains(expected), message);
    }

    @Test
    void readsNamesTypesShapesMetadataAndData() {
        String header = "{\"__metadata__\":{\"format\":\"pt\"}," + entry("b", "U8", "[3]", 4, 7) + ","
                + entry("a", "F16", "[1,2]", 0, 4) + "}";
        try (SafetensorsFile file = SafetensorsFile.open(SafetensorsBytes.write(file(), header, 7))) {
            assertEquals(Map.of("format", "pt"), file.metadata());
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

    static Stream<Arguments> badHeaders() {
        return Stream.of(
                Arguments.of("not a JSON object", "[1]", 0),
                Arguments.of("not a JSON object", "   ", 0),
                Arguments.of("not a JSON object", "", 0),
                Arguments.of("not valid JSON", "nonsense", 0),
                Arguments.of("not valid JSON", "{\"a\":", 0),
                Arguments.of("not valid JSON", "{\"w\":{\"shape\":[1", 0),
                Arguments.of("not valid JSON", "\uFEFF" + GOOD, 8),
                Arguments.of("not valid JSON", GOOD + "\0", 8),
                Arguments.of("not valid JSON", "{\"a\":{\"x\":" + "[".repeat(5000) + "]".repeat(5000) + "}}", 0),
                Arguments.of("goes on after", GOOD + "{}", 8),
                Arguments.of("\"w\" twice", "{" + entry("w", "F32", "[1]", 0, 4) + ","
                        + entry("w", "F32", "[1]", 4, 8) + "}", 8),
                Arguments.of("overlaps", "{" + entry("a", "F32", "[2]", 0, 8) + ","
                        + entry("b", "F32", "[2]", 4, 12) + "}", 12),
                Arguments.of("leaves a hole", "{" + entry("a", "U8", "[4]", 0, 4) + ","
                        + entry("b", "U8", "[4]", 5, 9) + "}", 9),
                Arguments.of("leaves a hole", "{" + entry("a", "U8", "[4]", 1, 5) + "}", 5),
                Arguments.of("leaves a hole", "{" + entry("a", "U8", "[0]", 7, 7) + "}", 7),
                Arguments.of("1 bytes after its last tensor", GOOD, 9),
                Arguments.of("cut short: its header describes 8 bytes of data and 7 are there", GOOD, 7),
                Arguments.of("before it begins", "{" + entry("w", "F32", "[2]", 8, 0) + "}", 8),
                Arguments.of("F32 of shape [3] needs 12", "{" + entry("w", "F32", "[3]", 0, 8) + "}", 8),
                Arguments.of("exceeds 64 bits",
                        "{" + entry("w", "U8", "[2,18446744073709551614]", 0, 8) + "}", 8),
                Arguments.of("exceeds 64 bits", "{" + entry("w", "U8", "[2,9223372036854775807]", 0, 8) + "}", 8),
                Arguments.of("exceeds 64 bits", "{" + entry("w", "F64", "[4611686018427387904]", 0, 8) + "}", 8),
                Arguments.of("\"-8\" in its data_offsets", "{" + entry("w", "F32", "[2]", -8, 0) + "}", 8),
                Arguments.of("\"-0\" in its data_offsets", "{" + entry("w", "F32", "[2]", "-0", 8) + "}", 8),
                Arguments.of("\"8.0\" in its data_offsets", "{" + entry("w", "F32", "[2]", 0, "8.0") + "}", 8),
                Arguments.of("\"8e0\" in its data_offsets", "{" + entry("w", "F32", "[2]", 0, "8e0") + "}", 8),
                Arguments.of("exceeds 64 bits", "{" + entry("w", "F32", "[2]", 0, "9".repeat(40)) + "}", 8),
                Arguments.of("\"-1\" in its shape", "{" + entry("w", "F32", "[-1]", 0, 8) + "}", 8),
                Arguments.of("\"null\" in its shape", "{" + entry("w", "F32", "[null]", 0, 8) + "}", 8),
                Arguments.of("more than 64 numbers in its shape", "{"
                        + entry("w", "F32", "[1" + ",1".repeat(99) + "]", 0, 4) + "}", 4),
                Arguments.of("more than 2 numbers in its data_offsets",
                        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}", 8),
                Arguments.of("needs dtype, shape and two data_offsets",
                        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", 8),
                Arguments.of("needs dtype, shape and two data_offsets",
                        "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8),
                Arguments.of("has dtype twice",
                        "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8),
                Arguments.of("\"f32\", which is none of", "{" + entry("w", "f32", "[2]", 0, 8) + "}", 8),
                Arguments.of("\"F4\", which is none of", "{" + entry("w", "F4", "[2]", 0, 8) + "}", 8),
                Arguments.of("not described by an object", "{\"w\":[]}", 0),
                Arguments.of("a shape that is no list",
                        "{\"w\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", 8),
                Arguments.of("__metadata__ has a value that is no string", "{\"__metadata__\":{\"a\":1}}", 0),
                Arguments.of("__metadata__ has a value that is no string", "{\"__metadata__\":{\"a\":null}}", 0),
                Arguments.of("__metadata__ is not an object", "{\"__metadata__\":[]}", 0),
                Arguments.of("__metadata__ twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0),
                Arguments.of("\"a\" twice", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0),
                Arguments.of("control character", "{" + entry("w\\u0000x", "F32", "[2]", 0, 8) + "}", 8),
                Arguments.of("control character", "{" + entry("w\\ud800", "F32", "[2]", 0, 8) + "}", 8),
                Arguments.of("looks like a path", "{" + entry("../w", "F32", "[2]", 0, 8) + "}", 8),
                Arguments.of("1048576 characters", "{" + entry("n".repeat(1 << 20), "F32", "[2]", 0, 8) + "}", 8));
    }

    @ParameterizedTest(name = "{0} [{index}]")
    @MethodSource("badHeaders")
    void refusesAHeaderThatBreaksTheFormat(String expected, String header, int dataBytes) {
        assertRefused(expected, header, dataBytes);
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
        assertRefused("overlaps", header.append('}').toString(), 1000);
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
