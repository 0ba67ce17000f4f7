package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.DidYouMean;
import org.llmmerging.config.FileProblem;
import org.llmmerging.config.JsonProblem;
import org.llmmerging.config.Quoting;

/**
 * A batch of token ids to compute raw logits for, as a JSON file gives it: {@code input_ids}, {@code attention_mask}
 * (all ones when left out) and, for encoder-decoders, {@code decoder_input_ids}, each a list of rows of equal length.
 */
public final class LogitsRequest {
    /** A second line would not be computed, nor a key's first value. */
    private static final JsonMapper MAPPER = JsonFile.strictMapper();

    private static final List<String> KEYS = List.of("input_ids", "attention_mask", "decoder_input_ids");

    private final Path file;
    private final int[][] ids;
    private final int[][] mask;
    private final int @Nullable [][] decoderIds;

    private LogitsRequest(Path file, int[][] ids, int[][] mask, int @Nullable [][] decoderIds) {
        this.file = file;
        this.ids = ids;
        this.mask = mask;
        this.decoderIds = decoderIds;
    }

    /** Receives logits in row-major order. */
    @FunctionalInterface
    public interface Receiver {
        /** The next values of {@code [rows, width, vocabulary]}. */
        void accept(float[] values);
    }

    /**
     * Reads a file.
     *
     * @throws ConfigException naming the file and the key when something is missing or malformed
     */
    public static LogitsRequest read(Path file) {
        JsonNode json = json(file);
        checkKeys(file, json);
        if (!json.hasNonNull("input_ids")) {
            throw new ConfigException(file + ": input_ids is missing. Give a list of rows of token ids");
        }
        int[][] ids = rows(file, json, "input_ids");
        int[][] mask = json.hasNonNull("attention_mask") ? rows(file, json, "attention_mask") : ones(ids);
        if (mask.length != ids.length || mask[0].length != ids[0].length) {
            throw new ConfigException(file + ": attention_mask and input_ids differ in shape. Give a 0 or 1 per token");
        }
        if (Arrays.stream(mask).flatMapToInt(Arrays::stream).anyMatch(value -> value != 0 && value != 1)) {
            throw new ConfigException(file + ": attention_mask has other values than 0 and 1. Give a 0 or 1 per token");
        }
        checkPadding(file, mask);
        int[][] decoderIds = json.hasNonNull("decoder_input_ids") ? rows(file, json, "decoder_input_ids") : null;
        if (decoderIds != null && decoderIds.length != ids.length) {
            throw new ConfigException(
                    file + ": decoder_input_ids and input_ids differ in their number of rows. Give one per row");
        }
        return new LogitsRequest(file, ids, mask, decoderIds);
    }

    /** Number of sequences. */
    public int rows() {
        return ids.length;
    }

    /** Number of positions that logits are computed for. */
    public int width() {
        return (decoderIds == null ? ids : decoderIds)[0].length;
    }

    /**
     * Computes the logits of every position, padding included, whose logits mean nothing.
     *
     * @throws ConfigException when the file does not suit the model
     * @throws ModelRunException when logits of a position that is no padding are NaN
     */
    public void compute(LanguageModel model, Receiver receiver) {
        checkIds(model, "input_ids", ids);
        TokenLayout input = TokenLayout.masked(ids, mask);
        try (NDManager scope = model.manager().newSubManager()) {
            switch (model) {
                case DecoderModel decoder -> {
                    if (decoderIds != null) {
                        throw new ConfigException(
                                file + ": decoder_input_ids is given and the model is a decoder. Leave it out");
                    }
                    project(model, decoder.hiddenStates(scope, input), mask, receiver);
                }
                case EncoderDecoderModel both -> {
                    if (decoderIds == null) {
                        throw new ConfigException(
                                file + ": decoder_input_ids is missing, which an encoder-decoder needs. Add it");
                    }
                    checkIds(model, "decoder_input_ids", decoderIds);
                    int[][] all = ones(decoderIds);
                    TokenLayout layout = TokenLayout.masked(decoderIds, all);
                    try (EncodedInput encoded = both.encode(input)) {
                        project(model, both.decode(scope, layout, List.of(encoded), null), all, receiver);
                    }
                }
            }
        }
    }

    /** @param projected the mask of the positions that logits are computed for */
    private void project(LanguageModel model, NDArray hidden, int[][] projected, Receiver receiver) {
        LogitChunks chunks = new LogitChunks(model);
        int[] all = IntStream.range(0, rows() * width()).toArray();
        chunks.compute(hidden, all, (_, begin, logits) -> receiver.accept(chunks.read(logits, i -> {
            int position = begin + i;
            return projected[position / width()][position % width()] == 1;
        })));
    }

    /** A gap would move the positions of what follows it in one implementation and not in another. */
    private static void checkPadding(Path file, int[][] mask) {
        for (int row = 0; row < mask.length; row++) {
            boolean hasEnded = false;
            for (int column = 1; column < mask[row].length; column++) {
                hasEnded |= mask[row][column] < mask[row][column - 1];
                if (hasEnded && mask[row][column] == 1) {
                    throw new ConfigException(
                            file + ": attention_mask has zeros between ones in row " + row
                                    + ". Give padding at the ends of a row only");
                }
            }
        }
    }

    private void checkIds(LanguageModel model, String key, int[][] rows) {
        int vocabulary = model.config().vocabularySize();
        for (int row = 0; row < rows.length; row++) {
            for (int id : rows[row]) {
                if (id < 0 || id >= vocabulary) {
                    throw new ConfigException(file + ": " + key + " has token " + id + " in row " + row
                            + ", the model's vocabulary has ids 0 to " + (vocabulary - 1));
                }
            }
        }
    }

    /** A key that is missing and misspelt would go without notice; keys of other meanings are left alone. */
    private static void checkKeys(Path file, JsonNode json) {
        json.fieldNames().forEachRemaining(key -> DidYouMean.suggest(key, KEYS)
                .filter(near -> !json.has(near))
                .ifPresent(near -> {
                    throw new ConfigException(
                            file + ": " + Quoting.quoted(key) + " is not known. Did you mean '" + near + "'?");
                }));
    }

    private static JsonNode json(Path file) {
        try {
            return MAPPER.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            String where = e.getLocation() == null ? "" : " at line " + e.getLocation().getLineNr();
            throw new ConfigException(
                    file + ": not valid JSON" + where + " (" + JsonProblem.of(e) + "). Give one object", e);
        } catch (IOException e) {
            throw new ConfigException(
                    file + ": cannot be read (" + FileProblem.of(e) + "). Give a JSON file with input_ids", e);
        }
    }

    private static int[][] rows(Path file, JsonNode json, String key) {
        JsonNode node = json.get(key);
        ConfigException malformed = new ConfigException(
                file + ": " + key + " is not a list of rows of whole numbers, all rows of one length above 0");
        if (!node.isArray() || node.isEmpty()) {
            throw malformed;
        }
        int[][] rows = new int[node.size()][];
        for (int row = 0; row < rows.length; row++) {
            JsonNode values = node.get(row);
            if (!values.isArray() || values.isEmpty() || values.size() != node.get(0).size()) {
                throw malformed;
            }
            rows[row] = new int[values.size()];
            for (int i = 0; i < rows[row].length; i++) {
                if (!values.get(i).canConvertToInt() || !values.get(i).isIntegralNumber()) {
                    throw malformed;
                }
                rows[row][i] = values.get(i).intValue();
            }
        }
        return rows;
    }

    private static int[][] ones(int[][] like) {
        int[][] ones = new int[like.length][];
        for (int row = 0; row < ones.length; row++) {
            ones[row] = new int[like[row].length];
            Arrays.fill(ones[row], 1);
        }
        return ones;
    }
}
