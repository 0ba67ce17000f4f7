package org.llmmerging.eval.train.dam.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.SafetensorsFile;
import org.llmmerging.eval.task.DatasetException;

/**
 * A combined data set on disk, read and checked. The rows' tokens are held in memory; logits are mapped and read when
 * they are asked for. Thread-safe until it is closed.
 *
 * <p>The folder holds {@code dataset.json}, {@code train.jsonl} with a row on each line, whose keys are
 * {@code input_ids_M}, {@code attention_mask_M} and, for encoder-decoders, {@code labels_M} for each model M from 1 on,
 * and, where logits are kept, {@code logits.safetensors} with {@code topk_logits_M.ROW} (float32) and
 * {@code topk_indices_M.ROW} (int32), both {@code [positions, k]}, or {@code logits_M.ROW} {@code [positions,
 * vocabulary]}. ROW counts from 0. Logits at position i are those for the token after {@code input_ids[i]}, or for
 * encoder-decoders those for {@code labels[i]}.
 */
public final class DamDataset implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path folder;
    private final DamDatasetInfo info;
    private final List<DamRow> rows;
    private final @Nullable SafetensorsFile logits;

    DamDataset(Path folder, DamDatasetInfo info, List<DamRow> rows, @Nullable SafetensorsFile logits) {
        this.folder = folder;
        this.info = info;
        this.rows = List.copyOf(rows);
        this.logits = logits;
    }

    /**
     * Opens a folder that {@code dam data} wrote.
     *
     * @throws DatasetException naming the file when one is missing, malformed, or contradicts another
     */
    public static DamDataset open(Path folder) {
        return new DamDatasetReader(folder).read();
    }

    /** Where it lies. */
    public Path folder() {
        return folder;
    }

    /** The files that it is read from. */
    public List<Path> files() {
        Stream<String> names = Stream.of(DamFiles.INFO, DamFiles.ROWS);
        return Stream.concat(names, logits == null ? Stream.of() : Stream.of(DamFiles.LOGITS))
                .map(folder::resolve)
                .toList();
    }

    /** What it was made of. */
    public DamDatasetInfo info() {
        return info;
    }

    /** Number of rows, at least 1. */
    public int size() {
        return rows.size();
    }

    /** All rows, in order. */
    public List<DamRow> rows() {
        return rows;
    }

    /** One model's sequence in one row, both counted from 0. */
    public DamSequence sequence(int model, int row) {
        return rows.get(row).sequences().get(model);
    }

    /**
     * One model's largest logits on its sequence of a row, both counted from 0.
     *
     * @throws IllegalStateException when the set does not keep top-k logits
     * @throws DatasetException when a logit is not finite, or an index is no token of the vocabulary
     */
    public TopKLogits topKLogits(int model, int row) {
        if (info.logits() != StoredLogits.TOP_K) {
            throw new IllegalStateException(folder + " keeps " + info.logits().key() + " logits, not top_k");
        }
        float[] values = values(model, row);
        int[] indices = data(DamFiles.indices(model, row)).toArray(INT);
        for (int index : indices) {
            if (index < 0 || index >= info.vocabularySize()) {
                throw new DatasetException(folder.resolve(DamFiles.LOGITS), DamFiles.indices(model, row) + " has token "
                        + index + ", the vocabulary has ids 0 to " + (info.vocabularySize() - 1)
                        + "; make the set again with dam data");
            }
        }
        return new TopKLogits(values, indices, info.k());
    }

    /**
     * One model's logits on its sequence of a row, both counted from 0, in row-major order
     * {@code [positions, vocabulary]}.
     *
     * @throws IllegalStateException when the set does not keep full logits
     * @throws DatasetException when a logit is not finite
     */
    public float[] fullLogits(int model, int row) {
        if (info.logits() != StoredLogits.FULL) {
            throw new IllegalStateException(folder + " keeps " + info.logits().key() + " logits, not full");
        }
        return values(model, row);
    }

    @Override
    public void close() {
        if (logits != null) {
            logits.close();
        }
    }

    /** Training would take a number that is not finite for a step that went too far. */
    private float[] values(int model, int row) {
        String tensor = DamFiles.values(info, model, row);
        float[] values = data(tensor).toArray(FLOAT);
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new DatasetException(
                        folder.resolve(DamFiles.LOGITS),
                        tensor + " has a NaN or an infinity; make the set again with dam data");
            }
        }
        return values;
    }

    private MemorySegment data(String tensor) {
        if (logits == null) {
            throw new IllegalStateException(folder + " has no logits");
        }
        return logits.tensor(tensor).data();
    }
}
