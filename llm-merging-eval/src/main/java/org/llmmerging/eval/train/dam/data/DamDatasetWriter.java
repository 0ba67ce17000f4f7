package org.llmmerging.eval.train.dam.data;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointWriter;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.eval.task.JsonText;

/**
 * Writes a combined data set, which appears whole or not at all: the rows first, then the logits of each model and row in
 * any order, then {@link #commit()}. Closing without a commit leaves nothing behind. Not thread-safe.
 */
public final class DamDatasetWriter implements AutoCloseable {
    private final StagedFolder folder;
    private final DamDatasetInfo info;
    private final @Nullable CheckpointWriter logits;

    private DamDatasetWriter(StagedFolder folder, DamDatasetInfo info, @Nullable CheckpointWriter logits) {
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
            CheckpointWriter logits = info.logits() == StoredLogits.NONE
                    ? null
                    : CheckpointWriter.create(folder.path(), DamFiles.tensors(info, rows), Long.MAX_VALUE, Map.of());
            return new DamDatasetWriter(folder, info, logits);
        } catch (IOException e) {
            folder.close();
            throw OutputException.of(target, e, 0);
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
                    columns.put(DamFiles.column("attention_mask", model), sequence.attentionMask());
                    if (info.encoderDecoder()) {
                        columns.put(DamFiles.column("labels", model), sequence.labels());
                    }
                }
                out.write(JsonText.line(columns));
                out.write('\n');
            }
        }
    }

    /**
     * Writes the largest logits of one model on one row, both counted from 0.
     *
     * @throws OutputException when the disk is full or fails
     */
    public void writeTopK(int model, int row, TopKLogits values) {
        write(DamFiles.values(info, model, row), values.values());
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.indices().length, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(values.indices());
        requireLogits().write(DamFiles.indices(model, row), 0, bytes);
    }

    /**
     * Writes the logits of one model on one row, both counted from 0, in row-major order.
     *
     * @throws OutputException when the disk is full or fails
     */
    public void writeFull(int model, int row, float[] values) {
        write(DamFiles.values(info, model, row), values);
    }

    private void write(String tensor, float[] values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        requireLogits().write(tensor, 0, bytes);
    }

    /**
     * Puts the set in the target's place once everything is written.
     *
     * @return the target
     * @throws IllegalStateException when logits are missing
     * @throws OutputException when that fails; the target is then what it was before
     */
    public Path commit() {
        if (logits != null) {
            logits.finish();
            Path written = logits.files().getFirst();
            logits.close();
            try {
                Files.move(written, written.resolveSibling(DamFiles.LOGITS));
            } catch (IOException e) {
                throw OutputException.of(written, e, 0);
            }
        }
        return folder.commit();
    }

    @Override
    public void close() {
        if (logits != null) {
            logits.close();
        }
        folder.close();
    }

    private CheckpointWriter requireLogits() {
        if (logits == null) {
            throw new IllegalStateException("the set keeps no logits");
        }
        return logits;
    }
}
