package org.llmmerging.eval.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.llmmerging.SharedFiles;

/** Reference data that Hugging Face transformers and the original kit computed. */
public final class Golden {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Path FOLDER = Path.of("src/test/resources/golden/hf").toAbsolutePath();

    static {
        // The models are tiny: a second thread gains nothing, and waits for the first where cores are few.
        System.setProperty("ai.djl.pytorch.num_threads", "1");
    }

    private Golden() {}

    public static Path folder() {
        return FOLDER;
    }

    public static Path model(String name) {
        return FOLDER.resolve("models").resolve(name);
    }

    public static JsonNode json(Path file) {
        try {
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kit runs over rows of public data sets, which the repository does not hold. */
    public static Path kitFolder() {
        return SharedFiles.require("golden/hf/kit");
    }

    /** One float32 array of a safetensors file. */
    public static float[] array(Path file, String name) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = (int) bytes.getLong(0);
            String header = StandardCharsets.UTF_8
                    .decode(bytes.slice(Long.BYTES, headerLength))
                    .toString();
            JsonNode offsets = MAPPER.readTree(header).path(name).path("data_offsets");
            int begin = Long.BYTES + headerLength + offsets.get(0).intValue();
            int length = offsets.get(1).intValue() - offsets.get(0).intValue();
            float[] values = new float[length / Float.BYTES];
            bytes.slice(begin, length).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
            return values;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a NaN into the sixth element of a float32 tensor of a safetensors file. */
    public static void poison(Path file, String tensor) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = (int) bytes.getLong(0);
        byte[] header = new byte[headerLength];
        bytes.get(Long.BYTES, header);
        int begin = MAPPER.readTree(header).path(tensor).path("data_offsets").get(0).intValue();
        bytes.putFloat(Long.BYTES + headerLength + begin + Float.BYTES * 5, Float.NaN);
        Files.write(file, bytes.array());
    }

    public static int[][] matrix(JsonNode node) {
        int[][] rows = new int[node.size()][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = vector(node.get(i));
        }
        return rows;
    }

    public static int[] vector(JsonNode node) {
        int[] values = new int[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.get(i).intValue();
        }
        return values;
    }

    /** Copies the files whose names contain {@code infix}, over those there are. */
    public static void copy(Path from, Path to, String infix) {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.filter(f -> f.getFileName().toString().contains(infix)).toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tokens of each row without its padding. */
    public static List<int[]> unpadded(JsonNode ids, JsonNode mask) {
        List<int[]> rows = new ArrayList<>();
        for (int row = 0; row < ids.size(); row++) {
            List<Integer> tokens = new ArrayList<>();
            for (int column = 0; column < ids.get(row).size(); column++) {
                if (mask.get(row).get(column).intValue() == 1) {
                    tokens.add(ids.get(row).get(column).intValue());
                }
            }
            rows.add(tokens.stream().mapToInt(Integer::intValue).toArray());
        }
        return rows;
    }
}
