package org.llmmerging.eval.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;
import org.llmmerging.checkpoint.OutputException;

/**
 * A TensorBoard event file: records of TensorFlow's TFRecord format, each an {@code Event} message in protocol buffer
 * encoding with a summary of scalars. Other tools read the same files, and read every record as soon as the call that
 * wrote it returns.
 */
public final class EventFile implements AutoCloseable {
    // Fields of tensorflow.Event, tensorflow.Summary and tensorflow.Summary.Value.
    private static final int EVENT_WALL_TIME = 1;
    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;

    private static final int WIRE_VARINT = 0;
    private static final int WIRE_64_BIT = 1;
    private static final int WIRE_BYTES = 2;
    private static final int WIRE_32_BIT = 5;

    private static final int MASK_DELTA = 0xa282ead8;

    private final Path file;
    private final OutputStream out;

    private EventFile(Path file, OutputStream out) {
        this.file = file;
        this.out = out;
    }

    /**
     * Creates a file in a folder that TensorBoard may watch.
     *
     * @param seconds since 1970, in the file's name and first record
     * @throws OutputException when it cannot be written
     */
    public static EventFile create(Path folder, double seconds) {
        Path file = folder.resolve("events.out.tfevents." + (long) seconds + ".llm-merging");
        ByteArrayOutputStream event = event(seconds);
        bytes(event, EVENT_FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
        EventFile created;
        try {
            created = new EventFile(file, Files.newOutputStream(
                    file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
        } catch (IOException e) {
            throw OutputException.of(file, e, 0);
        }
        try {
            created.record(event);
            return created;
        } catch (OutputException e) {
            try (created) {
                Files.deleteIfExists(file);
            } catch (IOException | OutputException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    /** Adds scalars of one step, by tag. */
    public void scalars(double seconds, long step, Map<String, Double> values) {
        ByteArrayOutputStream summary = new ByteArrayOutputStream();
        values.forEach((tag, value) -> {
            ByteArrayOutputStream each = new ByteArrayOutputStream();
            bytes(each, VALUE_TAG, tag.getBytes(StandardCharsets.UTF_8));
            varint(each, VALUE_SIMPLE << 3 | WIRE_32_BIT);
            each.writeBytes(little(Float.BYTES).putInt(Float.floatToRawIntBits(value.floatValue())).array());
            bytes(summary, SUMMARY_VALUE, each.toByteArray());
        });
        ByteArrayOutputStream event = event(seconds);
        varint(event, EVENT_STEP << 3 | WIRE_VARINT);
        varint(event, step);
        bytes(event, EVENT_SUMMARY, summary.toByteArray());
        record(event);
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw OutputException.of(file, e, 0);
        }
    }

    private static ByteArrayOutputStream event(double seconds) {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        varint(event, EVENT_WALL_TIME << 3 | WIRE_64_BIT);
        event.writeBytes(little(Double.BYTES).putDouble(seconds).array());
        return event;
    }

    /** Length, its checksum, the data, its checksum. */
    private void record(ByteArrayOutputStream event) {
        byte[] data = event.toByteArray();
        byte[] length = little(Long.BYTES).putLong(data.length).array();
        ByteBuffer record = little(length.length + Integer.BYTES + data.length + Integer.BYTES);
        record.put(length).putInt(maskedChecksum(length)).put(data).putInt(maskedChecksum(data));
        try {
            out.write(record.array());
            out.flush();
        } catch (IOException e) {
            throw OutputException.of(file, e, 0);
        }
    }

    /** TFRecord's: CRC32C, rotated and shifted, so that checksums of data that hold checksums are good, too. */
    static int maskedChecksum(byte[] data) {
        CRC32C checksum = new CRC32C();
        checksum.update(data);
        return Integer.rotateRight((int) checksum.getValue(), 15) + MASK_DELTA;
    }

    private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
        varint(out, (long) field << 3 | WIRE_BYTES);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
