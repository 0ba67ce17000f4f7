package org.llmmerging.eval.train.dam.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.MergingException;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.eval.task.DatasetException;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DamDatasetTest {
    @TempDir
    private Path folder;

    private static final List<DamRow> ROWS = List.of(
            new DamRow(List.of(sequence(1, 2, 3), sequence(4))), new DamRow(List.of(sequence(9), sequence(8, 7))));

    private static DamSequence sequence(int... tokens) {
        return new DamSequence(tokens, new int[0]);
    }

    private static DamDatasetInfo info(StoredLogits logits, int k) {
        DamColumnGroup first = new DamColumnGroup(
                "org/a", false, "rows.csv", List.of(new DamSourceFile("/data/rows.csv", "ab12")), true, "cd34",
                "ef56");
        DamColumnGroup base = new DamColumnGroup("org/base", true, "more.csv", List.of(), false, "cd34", null);
        return new DamDatasetInfo(List.of(first, base), "org/base", false, 10, 3, logits, k, -7, 2);
    }

    private Path written(StoredLogits logits, int k) {
        Path target = folder.resolve("set");
        DamDatasetInfo info = info(logits, k);
        try (DamDatasetWriter writer = DamDatasetWriter.create(target, List.of(), info, ROWS)) {
            for (int model = 0; model < 2 && logits != StoredLogits.NONE; model++) {
                for (int row = 0; row < 2; row++) {
                    int positions = ROWS.get(row).sequences().get(model).positions();
                    for (int position = positions - 1; position >= 0; position--) {
                        float[] values = new float[info.logitsWidth()];
                        int[] indices = new int[logits == StoredLogits.TOP_K ? k : 0];
                        for (int i = 0; i < values.length; i++) {
                            values[i] = 1000 * model + 100 * row + 10 * position + i;
                        }
                        for (int i = 0; i < indices.length; i++) {
                            indices[i] = (model + row + position + i) % 10;
                        }
                        writer.write(model, row, position, values, indices);
                    }
                }
            }
            return writer.commit(Assertions::fail);
        }
    }

    @Test
    void readsBackWhatWasWritten() {
        try (DamDataset read = DamDataset.open(written(StoredLogits.TOP_K, 2))) {
            assertEquals(info(StoredLogits.TOP_K, 2), read.info());
            assertEquals(ROWS, read.rows());
            assertEquals(2, read.size());
            assertEquals(
                    List.of("dataset.json", "train.jsonl", "logits.safetensors"),
                    read.files().stream().map(file -> file.getFileName().toString()).toList());
            TopKLogits logits = read.topKLogits(0, 0);
            assertArrayEquals(new float[] {0, 1, 10, 11, 20, 21}, logits.values());
            assertArrayEquals(new int[] {0, 1, 1, 2, 2, 3}, logits.indices());
            assertEquals(3, logits.positions());
            assertArrayEquals(new float[] {1100, 1101, 1110, 1111}, read.topKLogits(1, 1).values());
            assertThrows(IllegalStateException.class, () -> read.fullLogits(0, 0));
        }
    }

    @Test
    void keepsTheLogitsOfTheWholeVocabulary() {
        try (DamDataset read = DamDataset.open(written(StoredLogits.FULL, 0))) {
            assertEquals(30, read.fullLogits(0, 0).length);
            assertEquals(1119, read.fullLogits(1, 1)[19]);
        }
    }

    @Test
    void needsNoLogits() {
        Path target = written(StoredLogits.NONE, 0);
        try (DamDataset read = DamDataset.open(target)) {
            assertEquals(ROWS, read.rows());
        }
        assertFalse(Files.exists(target.resolve("logits.safetensors")));
    }

    @Test
    void replacesAnEarlierSetAndNothingElse() throws IOException {
        written(StoredLogits.NONE, 0);
        written(StoredLogits.FULL, 0);
        Files.delete(folder.resolve("set/dataset.json"));
        assertThrows(OutputException.class, () -> written(StoredLogits.NONE, 0));
    }

    @Test
    void leavesNothingBehindWithoutACommit() throws IOException {
        Path target = folder.resolve("new/set");
        try (DamDatasetWriter writer = DamDatasetWriter.create(target, List.of(), info(StoredLogits.FULL, 0), ROWS)) {
            assertThrows(IllegalStateException.class, () -> writer.commit(Assertions::fail));
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "dataset.json| \"format_version\": 1| \"format_version\": 2| format_version is 2, this version reads 1",
                "dataset.json| \"logits\": \"top_k\"| \"logits\": \"some\"| the key logits",
                "dataset.json| \"k\": 2| \"k\": 0| the key k",
                "dataset.json| \"k\": 2| \"k\": 3| topk_logits_1.0 is of type F32 and shape [3, 2]",
                "dataset.json| {| [| not valid JSON",
                "dataset.json| \"example_count\": 2| \"example_count\": 3| has 2 rows, dataset.json says 3",
                "train.jsonl| \"input_ids_2\": [8, 7]| \"input_ids_2\": [8, 10]| line 2: input_ids_2 has 10 at position 1",
                "train.jsonl| \"input_ids_2\": [8, 7]| \"input_ids_2\": []| line 2: input_ids_2 is missing, empty or no list",
                "train.jsonl| \"input_ids_2\": [8, 7]| \"input_ids_2\": [8]| attention_mask_2 has 2 numbers, input_ids_2 1",
                "train.jsonl| \"attention_mask_1\": [1, 1, 1]| \"attention_mask_1\": [1, 2, 1]| line 1: attention_mask_1",
                "train.jsonl| \"attention_mask_1\": [1, 1, 1]| \"attention_mask_1\": [1, 0, 1]| line 1: attention_mask_1 has 0 at"
                        + " position 1, and sequences have no padding here",
                "dataset.json| \"max_length\": 3| \"max_length\": 2| line 1: is longer than max_length, 2 tokens"
            })
    void namesTheFileAndWhatIsWrongInIt(String file, String from, String to, String problem) throws IOException {
        Path target = written(StoredLogits.TOP_K, 2);
        Path changed = target.resolve(file);
        String text = Files.readString(changed);
        assertTrue(text.contains(from));
        Files.writeString(changed, text.replaceFirst(Pattern.quote(from), to));
        MergingException e = assertThrows(DatasetException.class, () -> DamDataset.open(target));
        assertTrue(e.getMessage().contains(problem), e.getMessage());
        assertEquals(5, e.exitCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"dataset.json", "train.jsonl"})
    void saysThatAFileIsNotUtf8(String name) throws IOException {
        Path target = written(StoredLogits.NONE, 0);
        Files.write(target.resolve(name), new byte[] {'{', '"', (byte) 0xff, '"', '}'});
        DatasetException e = assertThrows(DatasetException.class, () -> DamDataset.open(target));
        assertEquals(target.resolve(name) + ": this is not UTF-8; make the set again with dam data", e.getMessage());
    }

    @ParameterizedTest
    @EnumSource(
            value = StoredLogits.class,
            names = {"TOP_K", "FULL"})
    void refusesALogitThatIsNotFinite(StoredLogits kept) throws IOException {
        assertRefuses(kept, Float.NaN);
        assertRefuses(kept, Float.POSITIVE_INFINITY);
    }

    private void assertRefuses(StoredLogits kept, float logit) throws IOException {
        Path logits = written(kept, kept == StoredLogits.TOP_K ? 2 : 0).resolve("logits.safetensors");
        byte[] bytes = Files.readAllBytes(logits);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - Float.BYTES, logit);
        Files.write(logits, bytes);
        try (DamDataset read = DamDataset.open(folder.resolve("set"))) {
            DatasetException e = assertThrows(DatasetException.class,
                    () -> {
                        if (kept == StoredLogits.TOP_K) {
                            read.topKLogits(1, 1);
                        } else {
                            read.fullLogits(1, 1);
                        }
                    });
            assertTrue(e.getMessage().startsWith(logits + ": "), e.getMessage());
            assertTrue(e.getMessage().contains(" has a NaN or an infinity"), e.getMessage());
        }
    }

    @Test
    void saysWhichFileIsMissingOrDamaged() throws IOException {
        assertThrows(DatasetException.class, () -> DamDataset.open(folder.resolve("none")));
        Path target = written(StoredLogits.TOP_K, 2);
        Path logits = target.resolve("logits.safetensors");
        Files.write(logits, Arrays.copyOf(Files.readAllBytes(logits), 100));
        assertLogitsRefused(target, logits + ": is damaged or cannot be read; make the set again with dam data");
        Files.delete(logits);
        assertLogitsRefused(target, logits + ": is missing; make the set again with dam data");
    }

    /** As train.jsonl is refused: the system opens no link that leads to itself. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void logitsThatTheSystemDoesNotOpenAreAProblemOfTheSet() throws IOException {
        Path target = written(StoredLogits.TOP_K, 2);
        Path logits = target.resolve("logits.safetensors");
        Files.delete(logits);
        Files.createSymbolicLink(logits, logits);
        DatasetException e = assertThrows(DatasetException.class, () -> DamDataset.open(target));
        assertTrue(e.getMessage().startsWith(logits + ": cannot be read: "), e.getMessage());
        assertFalse(e.getMessage().contains("make the set again"), e.getMessage());
    }

    private static void assertLogitsRefused(Path set, String problem) {
        DatasetException e = assertThrows(DatasetException.class, () -> DamDataset.open(set));
        assertEquals(problem, e.getMessage());
    }
}
