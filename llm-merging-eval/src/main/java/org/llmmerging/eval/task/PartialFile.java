package org.llmmerging.eval.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.eval.io.JsonText;

/**
 * The answers to one set so far: a line with the key, then a line for each answer. What follows the last whole line, a
 * write that was cut off, is dropped. One process at a time has the file open. Not thread-safe.
 */
final class PartialFile implements AutoCloseable {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final String KEY = "key";
    private static final String SCORES = "scores";

    private final Path path;
    private final String key;
    private final Map<String, Prediction> answers;
    private @Nullable FileChannel channel;

    private PartialFile(
            Path path, String key, Map<String, Prediction> answers, @Nullable FileChannel channel) {
        this.path = path;
        this.key = key;
        this.answers = answers;
        this.channel = channel;
    }

    /**
     * Opens the file; it is made when there is something to keep, and begun afresh when it has another key.
     *
     * @throws OutputException when it cannot be written, or another process has it open
     */
    static PartialFile open(Path path, String key) {
        if (!Files.exists(path)) {
            return new PartialFile(path, key, Map.of(), null);
        }
        FileChannel channel = locked(path);
        try {
            byte[] bytes = Files.readAllBytes(path);
            int end = lastLineEnd(bytes);
            List<String> lines = new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList();
            PartialFile file = new PartialFile(path, key, read(lines, key), channel);
            if (!lines.isEmpty() && lines.getFirst().equals(header(key))) {
                channel.truncate(end).position(end);
            } else {
                file.begin(channel);
            }
            return file;
        } catch (IOException e) {
            closeQuietly(channel);
            throw OutputException.of(path, e, 0);
        }
    }

    /** The answers that were there when the file was opened, by id. */
    Map<String, Prediction> answers() {
        return answers;
    }

    /** Adds answers and has them on the disk before it returns. */
    void append(List<Prediction> predictions) {
        StringBuilder lines = new StringBuilder();
        for (Prediction prediction : predictions) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put(Columns.ID, prediction.id());
            line.put(Columns.PREDICTION, prediction.text());
            line.put(SCORES, prediction.choiceScores());
            lines.append(JsonText.line(line)).append('\n');
        }
        try {
            FileChannel current = channel;
            if (current == null) {
                Files.createDirectories(path.toAbsolutePath().getParent());
                current = locked(path);
                channel = current;
                begin(current);
            }
            write(current, lines.toString());
        } catch (IOException e) {
            throw OutputException.of(path, e, 0);
        }
    }

    @Override
    public void close() {
        closeQuietly(channel);
    }

    private void begin(FileChannel begun) throws IOException {
        begun.truncate(0);
        write(begun, header(key) + "\n");
    }

    private static void write(FileChannel channel, String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(false);
    }

    private static FileChannel locked(Path path) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isLocked(channel)) {
                return channel;
            }
            closeQuietly(channel);
        } catch (IOException e) {
            throw OutputException.of(path, e, 0);
        }
        throw new OutputException(
                path, "another run of the same name is evaluating. Wait for it, or write to another output folder");
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    private static String header(String key) {
        return JsonText.line(Map.of(KEY, key));
    }

    private static int lastLineEnd(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] != '\n') {
            end--;
        }
        return end;
    }

    private static Map<String, Prediction> read(List<String> lines, String key) {
        Map<String, Prediction> answers = new LinkedHashMap<>();
        if (lines.isEmpty() || !lines.getFirst().equals(header(key))) {
            return answers;
        }
        for (String line : lines.subList(1, lines.size())) {
            Prediction prediction = prediction(line);
            if (prediction != null) {
                answers.put(prediction.id(), prediction);
            }
        }
        return answers;
    }

    /** Null for a line that a crash of the machine, or an editor, has garbled: the row is asked again. */
    private static @Nullable Prediction prediction(String line) {
        JsonNode node;
        try {
            node = MAPPER.readTree(line);
        } catch (JsonProcessingException e) {
            return null;
        }
        if (!node.path(Columns.ID).isTextual() || !node.path(Columns.PREDICTION).isTextual()) {
            return null;
        }
        List<Double> scores = new ArrayList<>();
        for (JsonNode score : node.path(SCORES)) {
            if (!score.isNumber()) {
                return null;
            }
            scores.add(score.doubleValue());
        }
        return new Prediction(node.path(Columns.ID).textValue(), node.path(Columns.PREDICTION).textValue(), scores);
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Every line was forced to the disk when it was written: nothing is lost.
            return;
        }
    }
}
