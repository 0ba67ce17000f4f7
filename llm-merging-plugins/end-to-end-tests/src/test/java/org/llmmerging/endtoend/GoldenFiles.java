package org.llmmerging.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.llmmerging.SharedFiles;

/** Reference data that Hugging Face transformers and the original kit computed. */
final class GoldenFiles {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Path FOLDER = Kit.REPOSITORY.resolve("llm-merging-eval/src/test/resources/golden/hf");

    private GoldenFiles() {}

    static JsonNode json(Path file) throws IOException {
        return JSON.readTree(file.toFile());
    }

    /** Reference data that the repository does not hold. */
    static Path shared(String path) {
        return SharedFiles.require("golden/hf/" + path);
    }

    /** Copies the files whose names contain {@code infix}, over those there are. */
    static void copy(Path from, Path to, String infix) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(one -> one.getFileName().toString().contains(infix)).toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /** The float32 array of a safetensors file. */
    static FloatBuffer array(Path file, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) bytes.getLong(0);
        JsonNode offsets = JSON.readTree(StandardCharsets.UTF_8.decode(bytes.slice(Long.BYTES, header)).toString())
                .path(name)
                .path("data_offsets");
        int begin = offsets.get(0).intValue();
        return bytes.slice(Long.BYTES + header + begin, offsets.get(1).intValue() - begin)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer();
    }

    /** One request for all batches: their rows below each other, filled with padding on the right. */
    static ObjectNode joined(Iterable<JsonNode> batches) {
        ObjectNode request = JSON.createObjectNode();
        for (String key : List.of("input_ids", "attention_mask", "decoder_input_ids")) {
            int width = 0;
            for (JsonNode batch : batches) {
                width = Math.max(width, batch.path(key).path(0).size());
            }
            if (width > 0) {
                ArrayNode rows = request.putArray(key);
                for (JsonNode batch : batches) {
                    for (JsonNode row : batch.path(key)) {
                        ArrayNode wide = rows.addArray();
                        row.forEach(wide::add);
                        while (wide.size() < width) {
                            wide.add(0);
                        }
                    }
                }
            }
        }
        return request;
    }
}
