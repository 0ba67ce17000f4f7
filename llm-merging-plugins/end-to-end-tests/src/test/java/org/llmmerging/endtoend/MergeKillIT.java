package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * A merge that is killed at any moment leaves the output it found or the one it was to write, and the next run leaves
 * nothing else. The models hold one number each, so that every byte of an output shows which merge it is of.
 */
class MergeKillIT {
    private static final int KILLS = 5;
    private static final int TENSORS = 8;
    private static final int ROWS = 2048;
    private static final int COLUMNS = 512;
    private static final short ONE = 0x3f80; // in bfloat16
    private static final short TWO = 0x4000;
    private static final Path MAIN = Path.of(System.getProperty("llm.merging.home"), "main");

    @TempDir
    private Path folder;

    private Path output;

    @BeforeEach
    void makeModels() throws IOException {
        output = folder.resolve("out");
        writeModel("one", ONE);
        writeModel("two", TWO);
        configuration("old.yml", "merge_method: linear\nmodels: [{model: %s/one, parameters: {weight: 1}}]\n");
        configuration("new.yml", """
                name: stage
                merge_method: linear
                models: [{model: %s/two, parameters: {weight: 1}}]
                ---
                merge_method: linear
                models: [{model: stage, parameters: {weight: 1}}]
                """);
    }

    @Test
    void leavesTheOldOutputOrTheNewOne() throws IOException, InterruptedException {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        finish("old.yml");
        short before = ONE;
        long began = System.nanoTime();
        finish("new.yml");
        long whole = System.nanoTime() - began;
        finish("old.yml");
        for (int i = 0; i < KILLS; i++) {
            String next = before == ONE ? "new.yml" : "old.yml";
            Process merge = start(next);
            merge.waitFor((long) (whole * (0.3 + 0.7 * random.nextDouble())), TimeUnit.NANOSECONDS);
            merge.destroyForcibly().waitFor(); // SIGKILL: main has become the Java process
            if (Files.exists(output)) {
                short value = value();
                assertTrue(value == ONE || value == TWO, "seed " + seed + ": holds " + Integer.toHexString(value));
            } else {
                // Where folders cannot be exchanged in one step, there is a moment with both beside it, whole.
                assertTrue(names().stream().anyMatch(name -> name.startsWith(".out.old-")), names().toString());
            }
            finish(next);
            before = before == ONE ? TWO : ONE;
            assertEquals(before, value(), "seed " + seed);
            assertEquals(List.of("new.yml", "old.yml", "one", "out", "two"), names(), "seed " + seed);
        }
    }

    /** The number that the whole output holds; its files must be those that its manifest lists. */
    private short value() throws IOException {
        String manifest = Files.readString(output.resolve("manifest.json"));
        assertTrue(manifest.contains("\"config.json\"") && Files.exists(output.resolve("config.json")));
        byte[] bytes = Files.readAllBytes(output.resolve("model.safetensors"));
        ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int start = Math.toIntExact(8 + file.getLong(0));
        assertEquals(start + 2L * TENSORS * ROWS * COLUMNS, bytes.length);
        short value = file.getShort(start);
        for (int at = start; at < bytes.length; at += 2) {
            if (file.getShort(at) != value) {
                throw new AssertionError("byte " + at + " is of another merge than the first");
            }
        }
        return value;
    }

    private void finish(String configuration) throws IOException, InterruptedException {
        Process merge = start(configuration);
        String said = new String(merge.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, merge.waitFor(), said);
    }

    private Process start(String configuration) throws IOException {
        return new ProcessBuilder(
                MAIN.toString(), "merge", folder.resolve(configuration).toString(), output.toString())
                .redirectErrorStream(true)
                .start();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private void configuration(String name, String yaml) throws IOException {
        Files.writeString(folder.resolve(name), yaml.formatted(folder));
    }

    private void writeModel(String name, short value) throws IOException {
        Path model = Files.createDirectory(folder.resolve(name));
        Files.writeString(model.resolve("config.json"), "{\"num_hidden_layers\": " + TENSORS + "}");
        int bytes = 2 * ROWS * COLUMNS;
        StringBuilder header = new StringBuilder("{");
        for (int i = 0; i < TENSORS; i++) {
            header.append(i == 0 ? "" : ",")
                    .append("\"model.layers.%d.mlp.up_proj.weight\":".formatted(i))
                    .append("{\"dtype\":\"BF16\",\"shape\":[%d,%d],".formatted(ROWS, COLUMNS))
                    .append("\"data_offsets\":[%d,%d]}".formatted((long) i * bytes, (i + 1L) * bytes));
        }
        byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer tensor = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (tensor.hasRemaining()) {
            tensor.putShort(value);
        }
        try (FileChannel file = FileChannel.open(
                model.resolve("model.safetensors"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).flip());
            file.write(ByteBuffer.wrap(json));
            for (int i = 0; i < TENSORS; i++) {
                file.write(tensor.rewind());
            }
        }
    }
}
