package org.llmmerging.eval.train.dam.data;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.SafetensorsWriter;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.eval.io.JsonText;

/**
 * Writes a combined data set, which appears whole or not at all: the rows first, then the logits of each model and row
 * in any order, then {@link #commit}. Closing without a commit leaves nothing behind. Not thread-safe.
 */
public final class DamDatasetWriter implements AutoCloseable {
    private final StagedFolder folder;
    private final DamDatasetInfo info;
    private final @Nullable SafetensorsWriter logits;

    private DamDatasetWriter(StagedFolder folder, DamDatasetInfo info, @Nullable SafetensorsWriter logits) {
        this.folder = folder;
        this.info = info;
        this.logits = logits;
    }

    /**
     * Writes the rows and makes room for the logits.
     *
     * @param target missing, empty, or an earlier output, which the commit replaces
     * @param inputs what is read: the target may not be, hold or lie in any of it
     * @param rows as many as {@code info} says, each with a sequence for every model
     * @throws OutputException when the folder cannot be written, or the disk has no room for the logits
     */
    public static DamDatasetWriter create(
            Path target, Collection<Path> inputs, DamDatasetInfo info, List<DamRow> rows) {
        StagedFolder folder = StagedFolder.create(target, inputs);
        try {
            Files.writeString(folder.path().resolve(DamFiles.INFO), JsonText.indented(DamInfoJson.write(info)));
            writeRows(folder.path().resolve(DamFiles.ROWS), info, rows);
            SafetensorsWriter logits = info.logits() == StoredLogits.NONE
                    ? null
                    : SafetensorsWriter.create(folder.path().resolve(DamFiles.LOGITS), DamFiles.tensors(info, rows));
            return new DamDatasetWriter(folder, info, logits);
        } catch (IOException e) {
            folder.close();
            throw OutputException.of(target, e, 0);
        } catch (OutputException e) {
            folder.close();
            throw folder.inTarget(e);
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private static void writeRows(Path file, DamDatasetInfo info, List<DamRow> rows) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (DamRow row : rows) {
                Map<String, Object> columns = new LinkedHashMap<>();
                for (int model = 0; model < info.models().size(); model++) {
                    DamSequence sequence = row.sequences().get(model);
                    columns.put(DamFiles.column("input_ids", model), sequence.inputIds());
                    columns.put(DamFiles.column("attention_mask", model), ones(sequence.inputIds().length));
                    if (info.encoderDecoder()) {
                        columns.put(DamFiles.column("labels", model), sequence.labels());
                    }
                }
                out.write(JsonText.line(columns));
                out.write('\n');
            }
        }
    }

    /** The mask of a sequence without padding, which the original's data sets have. */
    private static int[] ones(int length) {
        int[] ones = new int[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    /**
     * Writes logits of consecutive positions of one model's sequence in one row.
     *
     * @param model counted from 0
     * @param row counted from 0
     * @param firstPosition the first of the positions
     * @param values in row-major order, as many for each position as {@link DamDatasetInfo#logitsWidth()} says
     * @param indices the tokens that top-k logits belong to, in the same shape; else empty
     * @throws OutputException when the disk is full or fails
     */
    public void write(int model, int row, int firstPosition, float[] values, int[] indices) {
        SafetensorsWriter writer = logits;
        if (writer == null) {
            throw new IllegalStateException("the set keeps no logits");
        }
        long offset = (long) firstPosition * info.logitsWidth() * Float.BYTES;
        ByteBuffer bytes = buffer(values.length);
        bytes.asFloatBuffer().put(values);
        folder.write(_ -> writer.write(DamFiles.values(info, model, row), offset, bytes));
        if (info.logits() == StoredLogits.TOP_K) {
            ByteBuffer tokens = buffer(indices.length);
            tokens.asIntBuffer().put(indices);
            folder.write(_ -> writer.write(DamFiles.indices(model, row), offset, tokens));
        }
    }

    /** Of numbers of 32 bits. */
    private static ByteBuffer buffer(int numbers) {
        return ByteBuffer.allocate(Math.multiplyExact(numbers, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Puts the set in the target's place once everything is written.
     *
     * @param warn given what the user should know
     * @return the target
     * @throws IllegalStateException when logits are missing
     * @throws OutputException when that fails; the target is then what it was before
     */
    public Path commit(Consumer<String> warn) {
        SafetensorsWriter writer = logits;
        if (writer != null) {
            folder.write(_ -> {
                writer.finish();
                writer.close();
            });
        }
        return folder.commit(warn);
    }

    @Override
    public void close() {
        if (logits != null) {
            logits.close();
        }
        folder.close();
    }
}
