package org.llmmerging.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * What a safetensors file starts with, and where each tensor's data goes in it.
 *
 * @param bytes the header with its length before it; a multiple of eight
 * @param starts by tensor name, in the order of the data: position of the first byte in the file
 * @param size of the whole file
 */
record ShardHeader(byte[] bytes, SequencedMap<String, Long> starts, long size) {

    /** @param tensors in the order of their data */
    static ShardHeader of(List<TensorInfo> tensors) throws IOException {
        byte[] bytes = encode(tensors);
        SequencedMap<String, Long> starts = new LinkedHashMap<>();
        long position = bytes.length;
        for (TensorInfo tensor : tensors) {
            starts.put(tensor.name(), position);
            position = Math.addExact(position, tensor.bytes());
        }
        return new ShardHeader(bytes, starts, position);
    }

    private static byte[] encode(List<TensorInfo> tensors) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes(new byte[Long.BYTES]);
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeObjectFieldStart("__metadata__");
            json.writeStringField("format", "pt");
            json.writeEndObject();
            long begin = 0;
            for (TensorInfo tensor : tensors) {
                long end = Math.addExact(begin, tensor.bytes());
                json.writeObjectFieldStart(tensor.name());
                json.writeStringField("dtype", tensor.dtype().name());
                json.writeFieldName("shape");
                long[] dimensions = tensor.shape().dimensions();
                json.writeArray(dimensions, 0, dimensions.length);
                json.writeFieldName("data_offsets");
                json.writeArray(new long[] {begin, end}, 0, 2);
                json.writeEndObject();
                begin = end;
            }
            json.writeEndObject();
        }
        int padding = Math.floorMod(-text.size(), Long.BYTES);
        text.writeBytes(" ".repeat(padding).getBytes(StandardCharsets.US_ASCII));
        byte[] header = text.toByteArray();
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length - Long.BYTES);
        return header;
    }
}
