package org.llmmerging.eval.train.dam.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.task.DatasetException;

/** The rows of a Parquet file, a row group in memory at a time: columns of text and of numbers, and lists of them. */
final class ParquetSource {
    private ParquetSource() {}

    static void read(Path file, Consumer<SourceRow> rows) {
        ParquetReadOptions options = ParquetReadOptions.builder(new PlainParquetConfiguration())
                .withCodecFactory(new PageCodecs())
                .usePageChecksumVerification(true)
                .build();
        try (ParquetFileReader reader = ParquetFileReader.open(new Input(file), options)) {
            MessageType schema = reader.getFileMetaData().getSchema();
            List<Type> known = schema.getFields().stream()
                    .filter(field -> ExampleColumns.all().contains(field.getName()))
                    .toList();
            MessageType wanted = new MessageType(schema.getName(), known);
            if (known.isEmpty()) {
                ExampleColumns.of(file, names(schema), false);
            }
            reader.setRequestedSchema(wanted);
            MessageColumnIO columns = new ColumnIOFactory().getColumnIO(wanted, schema);
            long number = 0;
            for (PageReadStore group = reader.readNextRowGroup(); group != null; group = reader.readNextRowGroup()) {
                RecordReader<Group> records = columns.getRecordReader(group, new GroupRecordConverter(wanted));
                for (long i = 0; i < group.getRowCount(); i++) {
                    number++;
                    rows.accept(row("row " + number, schema, records.read()));
                }
            }
        } catch (DatasetException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The library reports a malformed file with exceptions of many kinds.
            throw new DatasetException(
                    file, "this is no Parquet file that can be read" + reason(e) + "; download or write it again", e);
        }
    }

    /** What the library's messages call the file. */
    private static final class Input extends LocalInputFile {
        Input(Path file) {
            super(file);
        }

        @Override
        public String toString() {
            return "it";
        }
    }

    /** The library's message without the whole schema, which follows on further lines. */
    private static String reason(Exception failure) {
        String message = failure.getMessage();
        return message == null ? "" : " (" + message.lines().findFirst().orElse("").replaceFirst(" \\{$", "") + ")";
    }

    private static Set<String> names(MessageType schema) {
        Set<String> names = new LinkedHashSet<>();
        schema.getFields().forEach(field -> names.add(field.getName()));
        return names;
    }

    private static SourceRow row(String where, MessageType schema, Group record) {
        Map<String, @Nullable Object> cells = new LinkedHashMap<>();
        for (Type column : schema.getFields()) {
            String name = column.getName();
            cells.put(name, record.getType().containsField(name) ? cell(record, name) : null);
        }
        return new SourceRow(where, cells);
    }

    private static @Nullable Object cell(Group record, String name) {
        Type type = record.getType().getType(name);
        if (record.getFieldRepetitionCount(name) == 0) {
            return null;
        }
        if (type.isPrimitive()) {
            return value(record, type, name);
        }
        return type.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation
                ? list(record.getGroup(name, 0))
                : new SourceRow.Unreadable("group");
    }

    /** The texts of a list in the three-level form of the format: a repeated group with one element each. */
    private static Object list(Group list) {
        List<@Nullable Object> elements = new ArrayList<>();
        String repeated = list.getType().getFieldName(0);
        for (int i = 0; i < list.getFieldRepetitionCount(repeated); i++) {
            Group entry = list.getGroup(repeated, i);
            elements.add(cell(entry, entry.getType().getFieldName(0)));
        }
        return SourceRow.listOf(elements);
    }

    private static @Nullable Object value(Group record, Type type, String name) {
        PrimitiveTypeName stored = type.asPrimitiveType().getPrimitiveTypeName();
        LogicalTypeAnnotation meant = type.getLogicalTypeAnnotation();
        if (meant instanceof DecimalLogicalTypeAnnotation
                || meant instanceof DateLogicalTypeAnnotation
                || meant instanceof TimeLogicalTypeAnnotation
                || meant instanceof TimestampLogicalTypeAnnotation) {
            // What is stored are units of them, such as microseconds: no text that a row could mean.
            return new SourceRow.Unreadable(meant.toString().toLowerCase(Locale.ROOT));
        }
        boolean unsigned = meant instanceof IntLogicalTypeAnnotation whole && !whole.isSigned();
        return switch (stored) {
            case BINARY -> text(record.getBinary(name, 0).toByteBuffer());
            case INT32 -> unsigned
                    ? Integer.toUnsignedString(record.getInteger(name, 0))
                    : Integer.toString(record.getInteger(name, 0));
            case INT64 -> unsigned
                    ? Long.toUnsignedString(record.getLong(name, 0))
                    : Long.toString(record.getLong(name, 0));
            case FLOAT -> number(record.getFloat(name, 0), Float.toString(record.getFloat(name, 0)));
            case DOUBLE -> number(record.getDouble(name, 0), Double.toString(record.getDouble(name, 0)));
            case BOOLEAN, INT96, FIXED_LEN_BYTE_ARRAY ->
                new SourceRow.Unreadable(stored.name().toLowerCase(Locale.ROOT));
        };
    }

    private static Object text(ByteBuffer bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            return new SourceRow.Unreadable("bytes that are no UTF-8");
        }
    }

    /** NaN is how pandas writes a gap. */
    private static @Nullable String number(double value, String text) {
        return Double.isNaN(value) ? null : text;
    }
}
