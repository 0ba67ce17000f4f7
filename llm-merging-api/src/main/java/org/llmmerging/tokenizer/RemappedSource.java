package org.llmmerging.tokenizer;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.tensor.Shape;
import org.llmmerging.tokenizer.EmbeddingRows.Donor;

/**
 * A model's embedding, or output layer, with its rows in the order of the output's vocabulary. Rows are taken from the
 * model or from others as {@link EmbeddingRows} says, and read when they are asked for. Padding rows are the mean of
 * all rows before them, in float64, for which the tensor is passed over once.
 */
public final class RemappedSource implements TensorSource {
    private final TensorSource own;
    private final int model;
    private final EmbeddingRows rows;
    private final Map<Integer, TensorSource> donors;
    private final int columns;
    private final MeanRow mean;

    private RemappedSource(TensorSource own, int model, EmbeddingRows rows, Map<Integer, TensorSource> donors) {
        this.own = own;
        this.model = model;
        this.rows = rows;
        this.donors = Map.copyOf(donors);
        this.columns = columns(own.info().shape());
        this.mean = new MeanRow(rows.tokens(), columns, this::readTokens);
    }

    /** Elements of one row, also of a tensor without rows. */
    private static int columns(Shape shape) {
        long[] dimensions = shape.dimensions();
        dimensions[0] = 1;
        return Math.toIntExact(Shape.of(dimensions).elements());
    }

    /**
     * @param own the model's tensor, of rank 1 or more, which has a row for each of its tokens and may have more
     * @param model the model's index in {@code rows}
     * @param donors the same tensor of the models that {@link EmbeddingRows#donors} names, by index: with as many
     *     columns, and of a type that is read as numbers
     * @return the tensor itself when its rows are already those of the output
     */
    public static TensorSource of(
            TensorSource own, int model, EmbeddingRows rows, Map<Integer, TensorSource> donors) {
        boolean same = rows.isIdentity(model, own.info().shape().dimension(0));
        return same ? own : new RemappedSource(own, model, rows, donors);
    }

    @Override
    public TensorInfo info() {
        long[] dimensions = own.info().shape().dimensions();
        dimensions[0] = rows.rows();
        return new TensorInfo(own.info().name(), own.info().dtype(), Shape.of(dimensions));
    }

    @Override
    public String model() {
        return own.model();
    }

    /** Bytes of the rows that are taken, also from other models. */
    @Override
    public long storedBytes(long count) {
        int tokens = (int) Math.min(rows.tokens(), Math.ceilDiv(count, (long) Math.max(1, columns)));
        Map<TensorSource, Long> elements = new IdentityHashMap<>();
        for (int token = 0; token < tokens; token++) {
            if (rows.own(model, token) >= 0) {
                elements.merge(own, (long) columns, Long::sum);
            } else {
                rows.shared(token).forEach(donor -> elements.merge(source(donor), (long) columns, Long::sum));
            }
        }
        return elements.entrySet().stream()
                .mapToLong(read -> read.getKey().storedBytes(read.getValue()))
                .sum();
    }

    @Override
    public void read(long first, float[] into, int count) {
        long tokenElements = (long) rows.tokens() * columns;
        int ofTokens = (int) Math.clamp(tokenElements - first, 0, count);
        readTokens(first, into, ofTokens);
        for (int i = ofTokens; i < count; i++) {
            into[i] = mean.value((int) ((first + i) % columns));
        }
    }

    private void readTokens(long first, float[] into, int count) {
        float[] part = new float[0];
        int done = 0;
        while (done < count) {
            int token = (int) ((first + done) / columns);
            int column = (int) ((first + done) % columns);
            int row = rows.own(model, token);
            int last = row < 0 ? token : lastOfRun(token, first + count);
            int length = (int) Math.min((last + 1L) * columns - first - done, count - done);
            if (row >= 0 && length == count) {
                own.read((long) row * columns + column, into, count);
                return;
            }
            part = part.length < length ? new float[length] : part;
            if (row >= 0) {
                own.read((long) row * columns + column, part, length);
            } else {
                average(token, column, part, length);
            }
            System.arraycopy(part, 0, into, done, length);
            done += length;
        }
    }

    /** The last token before element {@code end} up to which the model's rows follow one another. */
    private int lastOfRun(int token, long end) {
        int last = token;
        while (last + 1 < rows.tokens()
                && (last + 1L) * columns < end
                && rows.own(model, last + 1) == rows.own(model, last) + 1) {
            last++;
        }
        return last;
    }

    private void average(int token, int column, float[] into, int length) {
        List<Donor> shared = rows.shared(token);
        double[] sums = new double[length];
        for (Donor donor : shared) {
            source(donor).read((long) donor.row() * columns + column, into, length);
            for (int i = 0; i < length; i++) {
                sums[i] += into[i];
            }
        }
        Arrays.setAll(sums, i -> shared.isEmpty() ? 0 : sums[i] / shared.size());
        for (int i = 0; i < length; i++) {
            into[i] = (float) sums[i];
        }
    }

    private TensorSource source(Donor donor) {
        TensorSource source = donor.model() == model ? own : donors.get(donor.model());
        if (source == null) {
            throw new IllegalStateException("no tensor of model " + donor.model() + " for " + own.info().name());
        }
        return source;
    }
}
