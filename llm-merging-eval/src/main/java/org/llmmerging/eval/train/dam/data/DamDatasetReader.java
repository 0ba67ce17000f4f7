package org.llmmerging.eval.train.dam.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.checkpoint.SafetensorsFile;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.config.FileProblem;
import org.llmmerging.config.JsonProblem;
import org.llmmerging.eval.task.DatasetException;
import org.llmmerging.eval.train.WrittenTensors;

/** Reads and checks the folder of a combined data set. */
final class DamDatasetReader {
    private static final String REMEDY = "; make the set again with dam data";
    private static final JsonMapper MAPPER = JsonFile.strictMapper();

    private final Path folder;
    private final Path rowsFile;

    DamDatasetReader(Path folder) {
        this.folder = folder;
        this.rowsFile = folder.resolve(DamFiles.ROWS);
    }

    DamDataset read() {
        DamDatasetInfo info = info();
        List<DamRow> rows = rows(info);
        return new DamDataset(folder, info, rows, logits(info, rows));
    }

    private DamDatasetInfo info() {
        Path file = folder.resolve(DamFiles.INFO);
        try {
            return DamInfoJson.read(file, json(file, "", Files.readString(file)));
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private List<DamRow> rows(DamDatasetInfo info) {
        List<DamRow> rows = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(rowsFile)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int number = rows.size() + 1;
                rows.add(row(info, number, json(rowsFile, "line " + number + ": ", line)));
            }
        } catch (IOException e) {
            throw unreadable(rowsFile, e);
        }
        if (rows.size() != info.exampleCount()) {
            throw new DatasetException(rowsFile, "has " + rows.size() + " rows, " + DamFiles.INFO + " says "
                    + info.exampleCount() + REMEDY);
        }
        return rows;
    }

    private DamRow row(DamDatasetInfo info, int line, JsonNode json) {
        List<DamSequence> sequences = new ArrayList<>();
        for (int model = 0; model < info.models().size(); model++) {
            String ids = DamFiles.column("input_ids", model);
            String mask = DamFiles.column("attention_mask", model);
            String labels = DamFiles.column("labels", model);
            DamSequence sequence = new DamSequence(
                    numbers(json, line, ids, info.vocabularySize()),
                    info.encoderDecoder() ? numbers(json, line, labels, info.vocabularySize()) : new int[0]);
            int length = sequence.inputIds().length;
            checkMask(line, mask, numbers(json, line, mask, 2), ids, length);
            if (length > info.maxLength() || sequence.labels().length > info.maxLength()) {
                throw malformed(line, "is longer than max_length, " + info.maxLength() + " tokens");
            }
            sequences.add(sequence);
        }
        return new DamRow(sequences);
    }

    /** The column is there for others who read the set: every token counts. */
    private void checkMask(int line, String name, int[] mask, String ids, int length) {
        if (mask.length != length) {
            throw malformed(line, name + " has " + mask.length + " numbers, " + ids + " " + length);
        }
        for (int i = 0; i < length; i++) {
            if (mask[i] == 0) {
                throw malformed(line, name + " has 0 at position " + i + ", and sequences have no padding here");
            }
        }
    }

    private int[] numbers(JsonNode json, int line, String key, int end) {
        JsonNode list = json.path(key);
        if (!list.isArray() || list.isEmpty()) {
            throw malformed(line, key + " is missing, empty or no list");
        }
        int[] numbers = new int[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode number = list.get(i);
            if (!number.isInt() || number.intValue() < 0 || number.intValue() >= end) {
                throw malformed(line, key + " has " + number + " at position " + i + ", which is no integer from 0 to "
                        + (end - 1));
            }
            numbers[i] = number.intValue();
        }
        return numbers;
    }

    private @Nullable SafetensorsFile logits(DamDatasetInfo info, List<DamRow> rows) {
        Path file = folder.resolve(DamFiles.LOGITS);
        if (info.logits() == StoredLogits.NONE) {
            return null;
        }
        SafetensorsFile opened = WrittenTensors.open(
                file, REMEDY, (problem, cause) -> new DatasetException(file, problem, cause));
        try {
            for (TensorInfo expected : DamFiles.tensors(info, rows)) {
                TensorInfo found = opened.tensors().get(expected.name());
                if (!expected.equals(found)) {
                    throw new DatasetException(file, expected.name() + " is "
                            + (found == null ? "missing" : "of type " + found.dtype() + " and shape " + found.shape())
                            + ", " + DamFiles.ROWS + " asks for " + expected.dtype() + " " + expected.shape() + REMEDY);
                }
            }
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static JsonNode json(Path file, String where, String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            if (!json.isObject()) {
                throw new DatasetException(file, where + "this is no JSON object" + REMEDY);
            }
            return json;
        } catch (JsonProcessingException e) {
            throw new DatasetException(file, where + "not valid JSON (" + JsonProblem.of(e) + ")" + REMEDY, e);
        }
    }

    private DatasetException malformed(int line, String problem) {
        return new DatasetException(rowsFile, "line " + line + ": " + problem + REMEDY);
    }

    private DatasetException unreadable(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new DatasetException(
                    file, "there is no such file; give the folder that dam data wrote with --dataset_id", e);
        }
        if (e instanceof CharacterCodingException) {
            return new DatasetException(file, "this is not UTF-8" + REMEDY, e);
        }
        return new DatasetException(file, "the file cannot be read (" + FileProblem.of(e) + "); check its permissions",
                e);
    }
}
