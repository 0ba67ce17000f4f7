package org.llmmerging.eval.train.dam.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.eval.task.DatasetException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.eval.train.dam.data.ExampleSampleTest.all;
import static org.llmmerging.eval.train.dam.data.ExampleSampleTest.sample;

/** Rows of Parquet files, read as those of other files are. */
class ParquetSourceTest {
    /** Written by pyarrow. */
    private static final Path GOLDEN = Path.of("src/test/resources/golden/dam");

    @TempDir
    private Path folder;

    @Test
    void readsParquet() {
        ExampleSample sample = sample(GOLDEN.resolve("rows.parquet"), 5, 1, true);
        assertEquals(
                Set.of(new TrainingExample("Where is the \"bakery\"?\nSay briefly.", "On our street")),
                Set.copyOf(sample.examples().stream().filter(each -> !each.answer().equals("Eight")).toList()));
        // The first row's answer is one of its choices as it stands; the third has none.
        assertTrue(sample.examples().contains(new TrainingExample("How many legs has a spider?", "Eight")));
        assertEquals(1, sample.badCount());
        assertTrue(sample.badRows().getFirst().endsWith("row 3: column answer is empty"));
        ExampleSample choices = sample(GOLDEN.resolve("choices.parquet"), 5, 1, true);
        assertEquals(
                List.of("a", "b", "b"),
                choices.examples().stream().map(TrainingExample::answer).sorted().toList());
    }

    @Test
    void readsNumbersOfParquetAsTheyAreWrittenElsewhere() throws IOException {
        assertEquals(
                Set.of(new TrainingExample("0.5", "1.0")),
                all(parquet("float instruction; double output", row -> row.append("instruction", 0.5f)
                        .append("output", 1.0))));
        ExampleSample gap = sample(
                parquet("float instruction; double output", row -> row.append("instruction", 0.5f)
                        .append("output", Double.NaN)),
                5, 1, true);
        assertTrue(gap.badRows().getFirst().endsWith("row 1: column output is empty"), gap.badRows().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "int64 output (TIMESTAMP(MICROS,true))| timestamp(micros,true)",
                "int64 output (DECIMAL(18,2))| decimal(18,2)",
                "int64 output (TIME(NANOS,false))| time(nanos,false)"
            })
    void takesNoUnitsThatParquetStoresForNumbers(String field, String type) throws IOException {
        ExampleSample sample = sample(
                parquet("float instruction; " + field, row -> row.append("instruction", 0.5f).append("output", 1234L)),
                5, 1, true);
        assertTrue(
                sample.badRows().getFirst().endsWith("column output is of type " + type + ", not text or a number"),
                sample.badRows().toString());
    }

    @Test
    void saysOfWhichTypeAValueIsThatIsNoText() throws IOException {
        ExampleSample parquet = sample(
                parquet("float instruction; boolean output", row -> row.append("instruction", 0.5f)
                        .append("output", true)),
                5, 1, true);
        assertTrue(
                parquet.badRows().getFirst().endsWith(
                        "row 1: column output is of type boolean, not text or a number"),
                parquet.badRows().toString());
    }

    /** Written by pyarrow. */
    @Test
    void readsPagesOfParquetThatAreCompressed() {
        for (String compression : List.of("gzip", "snappy", "zstd", "lz4_raw")) {
            assertEquals(
                    Set.of(new TrainingExample("ask", "one"), new TrainingExample("ask", "two")),
                    all(GOLDEN.resolve(compression + ".parquet")),
                    compression);
        }
        DatasetException e = assertThrows(
                DatasetException.class, () -> sample(GOLDEN.resolve("brotli.parquet"), 5, 1, true));
        assertTrue(
                e.getMessage().contains("compressed with BROTLI; known are SNAPPY, GZIP, ZSTD and LZ4_RAW"),
                e.getMessage());
    }

    @Test
    void readsNumbersOfParquetThatHaveNoSign() throws IOException {
        assertEquals(
                Set.of(new TrainingExample("4294967295", "18446744073709551615")),
                all(parquet("int32 instruction (INTEGER(32,false)); int64 output (INTEGER(64,false))",
                        row -> row.append("instruction", -1).append("output", -1L))));
    }

    @Test
    void findsAByteOfParquetThatChanged() throws IOException {
        Path file = parquet("binary instruction (STRING); binary output (STRING)",
                row -> row.append("instruction", "what").append("output", "that"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("what") + 3] ^= 1;
        Files.write(file, bytes);
        DatasetException e = assertThrows(DatasetException.class, () -> sample(file, 5, 1, true));
        assertTrue(e.getMessage().contains("CRC"), e.getMessage());
    }

    @Test
    void refusesTextOfParquetThatIsNotUtf8() throws IOException {
        ExampleSample sample = sample(
                parquet("binary instruction (STRING); binary output", row -> row.append("instruction", "what")
                        .append("output", Binary.fromConstantByteArray(new byte[] {'a', (byte) 0xff}))),
                5, 1, true);
        assertTrue(
                sample.badRows().getFirst()
                        .endsWith("row 1: column output is of type bytes that are no UTF-8, not text or a number"),
                sample.badRows().toString());
    }

    /** The library's own messages name a Java object, and go on with the schema. */
    @Test
    void saysInALineWhatIsWrongWithParquet() throws IOException {
        Path file = parquet("float instruction; float output", row -> row.append("instruction", 1f)
                .append("output", 2f));
        String whole = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(file, whole.replaceFirst("(?s)(.*)output", "$1outpuT"),
                StandardCharsets.ISO_8859_1);
        DatasetException e = assertThrows(DatasetException.class, () -> sample(file, 5, 1, true));
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        Files.writeString(file, "PAR1");
        e = assertThrows(DatasetException.class, () -> sample(file, 5, 1, true));
        assertFalse(e.getMessage().contains("@"), e.getMessage());
    }

    private Path parquet(String fields, Consumer<Group> row) throws IOException {
        Path file = folder.resolve("a.parquet");
        MessageType schema = MessageTypeParser.parseMessageType(
                "message rows { required " + fields.replace("; ", "; required ") + "; }");
        try (ParquetWriter<Group> writer = ExampleParquetWriter.builder(new LocalOutputFile(file))
                .withConf(new PlainParquetConfiguration())
                .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                .withType(schema)
                .build()) {
            Group group = new SimpleGroup(schema);
            row.accept(group);
            writer.write(group);
        }
        return file;
    }
}
