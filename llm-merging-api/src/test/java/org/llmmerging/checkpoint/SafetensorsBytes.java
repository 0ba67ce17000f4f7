package org.llmmerging.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes safetensors files by hand, right or wrong, without the code under test. */
final class SafetensorsBytes {
    private SafetensorsBytes() {}

    /** A file of this header and so many data bytes, each its index's lowest byte. */
    static Path write(Path file, String header, int dataBytes) {
        return write(file, header.getBytes(StandardCharsets.UTF_8), dataBytes);
    }

    static Path write(Path file, byte[] header, int dataBytes) {
        byte[] data = new byte[dataBytes];
        for (int i = 0; i < dataBytes; i++) {
            data[i] = (byte) i;
        }
        return write(file, header, data);
    }

    static Path write(Path file, byte[] header, byte[] data) {
        ByteBuffer content = ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        content.putLong(header.length).put(header).put(data);
        return writeRaw(file, content.array());
    }

    /** One-dimensional float32 tensors of these sizes, all zero; names and sizes alternate. */
    static Path writeFloats(Path file, Object... namesAndSizes) {
        StringBuilder header = new StringBuilder("{");
        int end = 0;
        for (int i = 0; i < namesAndSizes.length; i += 2) {
            int begin = end;
            end += 4 * (int) namesAndSizes[i + 1];
            header.append(i == 0 ? "" : ",");
            header.append(entry((String) namesAndSizes[i], "F32", "[" + namesAndSizes[i + 1] + "]", begin, end));
        }
        return write(file, header + "}", end);
    }

    static Path writeRaw(Path file, byte[] content) {
        try {
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One tensor's entry in a header. */
    static String entry(String name, String dtype, String shape, Object begin, Object end) {
        return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%s,%s]}".formatted(
                name, dtype, shape, begin, end);
    }
}
