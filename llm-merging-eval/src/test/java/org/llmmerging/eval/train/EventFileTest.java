package org.llmmerging.eval.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.OutputException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class EventFileTest {
    @TempDir
    private Path folder;

    @Test
    void parsesBackAsRecordsOfEvents() throws IOException {
        Map<String, Double> scalars = new LinkedHashMap<>();
        scalars.put("train/loss", 1.5);
        scalars.put("train/grad_norm", -0.25);
        try (EventFile file = EventFile.create(folder, 1795240252.5)) {
            file.scalars(1795240253.0, 300, scalars);
        }
        Path written;
        try (Stream<Path> files = Files.list(folder)) {
            written = files.findFirst().orElseThrow();
        }
        assertEquals("events.out.tfevents.1795240252.llm-merging", written.getFileName().toString());
        List<ByteBuffer> records = records(Files.readAllBytes(written));
        assertEquals(2, records.size());
        assertEquals(List.of("1: 1.7952402525E9", "3: brain.Event:2"), fields(records.get(0)));
        assertEquals(
                List.of(
                        "1: 1.795240253E9",
                        "2: 300",
                        "5: {1: {1: train/loss, 2: 1.5}, 1: {1: train/grad_norm, 2: -0.25}}"),
                fields(records.get(1)));
    }

    /** Whatever is written to {@code /dev/full} finds the disk full. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void isClosedAndDeletedWhenItsFirstRecordCannotBeWritten() throws IOException {
        Path full = Path.of("/dev/full");
        Path link = Files.createSymbolicLink(folder.resolve("events.out.tfevents.5.llm-merging"), full);
        OutputException e = assertThrows(OutputException.class, () -> EventFile.create(folder, 5));
        assertTrue(e.getMessage().contains("the disk is full"), e.getMessage());
        assertFalse(openFiles().contains(full));
        assertFalse(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
    }

    private static List<Path> openFiles() throws IOException {
        List<Path> open = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    open.add(Files.readSymbolicLink(descriptor));
                } catch (NoSuchFileException closed) {
                    // By another thread, since it was listed.
                }
            }
        }
        return open;
    }

    /** The check value of CRC-32C for these digits is e3069283. */
    @Test
    void masksTheChecksumAsTensorFlowDoes() {
        int checksum = 0xe3069283;
        int masked = (checksum >>> 15 | checksum << 17) + 0xa282ead8;
        assertEquals(masked, EventFile.maskedChecksum("123456789".getBytes(StandardCharsets.US_ASCII)));
    }

    private static List<ByteBuffer> records(byte[] bytes) {
        List<ByteBuffer> records = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            byte[] length = new byte[8];
            in.get(length);
            assertEquals(EventFile.maskedChecksum(length), in.getInt());
            byte[] data = new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
            in.get(data);
            assertEquals(EventFile.maskedChecksum(data), in.getInt());
            records.add(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN));
        }
        return records;
    }

    /** Fields of a message; those of length-delimited type are messages within field 5 and else texts. */
    private static List<String> fields(ByteBuffer in) {
        List<String> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            long key = varint(in);
            int number = (int) (key >>> 3);
            String value = switch ((int) (key & 7)) {
                case 0 -> String.valueOf(varint(in));
                case 1 -> String.valueOf(in.getDouble());
                case 5 -> String.valueOf(in.getFloat());
                case 2 -> {
                    byte[] data = new byte[(int) varint(in)];
                    in.get(data);
                    boolean isMessage = data.length > 0 && data[0] == 0x0a;
                    yield isMessage
                            ? "{" + String.join(", ", fields(ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN)))
                                    + "}"
                            : new String(data, StandardCharsets.UTF_8);
                }
                default -> throw new AssertionError("wire type of key " + key);
            };
            fields.add(number + ": " + value);
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0;; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
