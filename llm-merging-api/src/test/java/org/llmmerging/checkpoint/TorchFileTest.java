package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** On what PyTorch wrote ({@code torch/make.py}), and on what it never would. */
@Timeout(60)
class TorchFileTest {
    @TempDir
    Path folder;

    private Path written(String name) throws IOException {
        try (InputStream resource = TorchFileTest.class.getResourceAsStream("torch/" + name)) {
            return Files.write(folder.resolve(name), Objects.requireNonNull(resource).readAllBytes());
        }
    }

    private static void assertQuarters(TorchFile file, String name, DType dtype, Shape shape, int first) {
        Tensor tensor = file.tensor(name);
        assertEquals(new TensorInfo(name, dtype, shape), tensor.info());
        float[] values = new float[(int) shape.elements()];
        FloatCodec.of(dtype).decode(tensor.data(), 0, values, 0, values.length);
        float[] expected = new float[values.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (first + i) / 4f;
        }
        assertArrayEquals(expected, values, name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.bin", "legacy.bin", "float8_without_crc.bin"})
    void readsWhatTorchSaveWrites(String name) throws IOException {
        try (TorchFile file = TorchFile.open(written(name))) {
            assertQuarters(file, "float32", DType.F32, Shape.of(2, 3), 0);
            assertQuarters(file, "float16", DType.F16, Shape.of(5), 0);
            assertQuarters(file, "bfloat16", DType.BF16, Shape.of(3, 2), 0);
            assertQuarters(file, "float64", DType.F64, Shape.of(2), 0);
            assertQuarters(file, "view", DType.F32, Shape.of(2, 3), 2);
            assertQuarters(file, "tied", DType.F32, Shape.of(2, 3), 0);
            assertQuarters(file, "scalar", DType.F32, Shape.of(), 5);
            assertQuarters(file, "empty", DType.F32, Shape.of(0, 3), 0);
            assertQuarters(file, "one_row", DType.F32, Shape.of(1, 5), 4);
            assertQuarters(file, "parameter", DType.F32, Shape.of(2, 2), 0);
            assertArrayEquals(
                    new long[] {0, 1, 2, 3},
                    file.tensor("int64").data().toArray(ValueLayout.JAVA_LONG_UNALIGNED));
            assertArrayEquals(new byte[] {0, 1}, file.tensor("bool").data().toArray(ValueLayout.JAVA_BYTE));
            file.verifyUnchanged();
        }
    }

    @Test
    void readsTypesThatHaveNoStorageOfTheirOwn() throws IOException {
        try (TorchFile file = TorchFile.open(written("float8_without_crc.bin"))) {
            assertEquals(new TensorInfo("float8", DType.F8_E4M3, Shape.of(4)), file.tensor("float8").info());
            assertArrayEquals(
                    new byte[] {0, 0x38, 0x40, 0x44}, file.tensor("float8").data().toArray(ValueLayout.JAVA_BYTE));
        }
    }

    @Test
    void takesTheStateDictionaryOutOfATrainingCheckpoint() throws IOException {
        try (TorchFile file = TorchFile.open(written("training.bin"))) {
            assertEquals("[bias, weight]", file.tensors().keySet().toString());
            assertQuarters(file, "weight", DType.F32, Shape.of(2, 3), 0);
        }
    }

    private String refusal(Path file) {
        CheckpointException problem = assertThrows(CheckpointException.class, () -> TorchFile.open(file).close());
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(file.toString()), message);
        return message;
    }

    private void assertRefused(String expected, Path file) {
        String message = refusal(file);
        assertTrue(message.contains(expected), message);
    }

    private Path zip(Map<String, byte[]> entries) {
        return TorchBytes.zip(folder.resolve("x.bin"), entries);
    }

    private Path pickled(PickleBytes pickle) {
        return zip(pickle.withStorage("0", 16));
    }

    @Test
    void refusesATransposedView() throws IOException {
        assertRefused("\"weight\", which is not stored row by row", written("transposed.bin"));
    }

    @ParameterizedTest
    @CsvSource({
        "4, 0, 2, 2, 2, 1, ''",
        "4, 1, 2, 2, 2, 1, reaches beyond the end",
        "4, -1, 2, 2, 2, 1, reaches beyond the end",
        "5, 0, 2, 2, 2, 1, reaches beyond the end",
        "4, 0, 2, 2, 1, 1, is not stored row by row",
        "4, 0, 2, 2, 0, 1, is not stored row by row",
        "4, 0, 2, 2, 1, 2, is not stored row by row",
        "4, 0, 2, 2, -2, 1, is not stored row by row",
        "4, 0, -2, 2, 2, 1, impossible shape",
        "4, 0, 4611686018427387904, 4, 4, 1, impossible shape",
        "4, 4611686018427387904, 2, 2, 2, 1, impossible shape",
        "-1, 0, 2, 2, 2, 1, has a storage of -1 elements",
    })
    void holdsATensorToItsStorage(
            long count, long offset, long rows, long columns, long rowStride, long stride, String problem) {
        Path file = pickled(PickleBytes.tensor(
                "w", "0", count, offset, new long[] {rows, columns}, new long[] {rowStride, stride}));
        if (problem.isEmpty()) {
            TorchFile.open(file).close();
        } else {
            assertRefused(problem, file);
        }
    }

    @Test
    void refusesWhatIsNoDictionaryOfTensors() {
        assertRefused("holds no dictionary of tensors", pickled(new PickleBytes().integer(1)));
        assertRefused("something else than tensors, at \"epoch\"",
                pickled(new PickleBytes().raw('}').text("epoch").integer(1).raw('s')));
        assertRefused("at \"model\". Load it with torch, and save a dictionary of tensors by name alone",
                pickled(new PickleBytes().raw('}').text("model").raw('}').raw('s')));
        assertRefused("something else than tensors, at \"1\"",
                pickled(new PickleBytes().raw('}').integer(1).integer(1).raw('s')));
        assertRefused("lacks the storage \"7\"",
                pickled(PickleBytes.tensor("w", "7", 4, 0, new long[] {4}, new long[] {1})));
        assertRefused("looks like a path",
                pickled(PickleBytes.tensor("../w", "0", 4, 0, new long[] {4}, new long[] {1})));
    }

    @Test
    void refusesAnArchiveThatTorchDidNotWrite() throws IOException {
        byte[] empty = new PickleBytes().raw('}').end();
        assertRefused("0 folders that have a data.pkl", zip(Map.of("a/b", new byte[1])));
        assertRefused("2 folders that have a data.pkl", zip(Map.of("a/data.pkl", empty, "b/data.pkl", empty)));
        assertRefused("\"c\" that lies outside the folder \"a/\"", zip(Map.of("a/data.pkl", empty, "c", empty)));
        byte[] big = "big".getBytes(StandardCharsets.US_ASCII);
        assertRefused("high byte", zip(Map.of("a/data.pkl", empty, "a/byteorder", big)));
        try (ZipOutputStream deflated = new ZipOutputStream(Files.newOutputStream(folder.resolve("x.bin")))) {
            deflated.putNextEntry(new ZipEntry("a/data.pkl"));
            deflated.write(empty);
        }
        assertRefused("is compressed", folder.resolve("x.bin"));
        assertRefused("is neither a zip archive", Files.write(folder.resolve("y.bin"), new byte[100]));
        assertRefused("is neither a zip archive", Files.write(folder.resolve("y.bin"), new byte[0]));
        assertRefused("is a Git-LFS pointer", Files.writeString(folder.resolve("y.bin"), "version https://git-lfs x"));
    }

    private Path damaged(String name, Map<Integer, Byte> changes) throws IOException {
        Path file = written(name);
        byte[] bytes = Files.readAllBytes(file);
        changes.forEach((at, value) -> bytes[at] = value);
        return Files.write(file, bytes);
    }

    private static int indexOf(byte[] bytes, String text, int from) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf(text, from);
    }

    @Test
    void findsDamage() throws IOException {
        byte[] good = Files.readAllBytes(written("zip.bin"));
        int directory = indexOf(good, "PK\u0001\u0002", 0);
        assertRefused("is encrypted", damaged("zip.bin", Map.of(directory + 8, (byte) 9)));
        assertRefused("has another name in its own header", damaged("zip.bin", Map.of(31, (byte) 'X')));
        assertRefused("is not where the archive's directory says",
                damaged("zip.bin", Map.of(directory + 42, (byte) 3)));
        assertRefused("data.pkl whose CRC-32", damaged("zip.bin", Map.of(indexOf(good, "float64", 0), (byte) 'F')));
        assertRefused("is not a whole zip archive",
                Files.write(folder.resolve("cut.bin"), Arrays.copyOf(good, good.length - 10)));
    }

    @Test
    void findsADamagedStorageOnceItHasBeenRead() throws IOException {
        byte[] good = Files.readAllBytes(written("zip.bin"));
        Path file = damaged("zip.bin", Map.of(indexOf(good, "\u0000\u0000\u0080>", 0), (byte) 1));
        try (TorchFile opened = TorchFile.open(file)) {
            opened.tensor("float16");
            opened.verifyUnchanged();
            opened.tensor("float32");
            CheckpointException problem = assertThrows(CheckpointException.class, opened::verifyUnchanged);
            assertTrue(String.valueOf(problem.getMessage()).contains("storage \"0\" whose CRC-32"),
                    problem.getMessage());
        }
    }

    @Test
    void refusesALegacyFileThatIsCutOrGoesOn() throws IOException {
        byte[] good = Files.readAllBytes(written("legacy.bin"));
        for (int length = 1; length < good.length; length++) {
            refusal(Files.write(folder.resolve("cut.bin"), Arrays.copyOf(good, length)));
        }
        assertRefused("goes on after its last storage",
                Files.write(folder.resolve("cut.bin"), Arrays.copyOf(good, good.length + 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.bin", "legacy.bin"})
    void survivesAnyDamage(String name) throws IOException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good = Files.readAllBytes(written(name));
        Map<String, Integer> outcomes = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            byte[] bytes = good.clone();
            for (int change = random.nextInt(3); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            Path file = Files.write(folder.resolve("damaged.bin"), bytes);
            try (TorchFile opened = TorchFile.open(file)) {
                opened.tensors().keySet().forEach(each -> opened.tensor(each).data().toArray(ValueLayout.JAVA_BYTE));
                outcomes.merge("opened", 1, Integer::sum);
            } catch (CheckpointException expected) {
                outcomes.merge("refused", 1, Integer::sum);
            }
        }
        assertEquals(2, outcomes.size(), outcomes.toString());
    }
}
