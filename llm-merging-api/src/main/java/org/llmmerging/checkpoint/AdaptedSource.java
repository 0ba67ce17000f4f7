package org.llmmerging.checkpoint;

import java.lang.ref.SoftReference;
import java.util.function.Supplier;

/**
 * A base tensor with a LoRA update added: W + scaling · B · A. The factors are read when the first element is, and may
 * be dropped and read again when memory is short, so that a plan of a whole model holds none of them.
 */
final class AdaptedSource implements TensorSource {
    private final String model;
    private final TensorSource base;
    private final long factorBytes;
    private final Supplier<LowRankUpdate> reader;
    private SoftReference<LowRankUpdate> update = new SoftReference<>(null);

    /**
     * @param factorBytes what the update takes in its file
     * @param reader gives the same update at every call
     */
    AdaptedSource(String model, TensorSource base, long factorBytes, Supplier<LowRankUpdate> reader) {
        this.model = model;
        this.base = base;
        this.factorBytes = factorBytes;
        this.reader = reader;
    }

    @Override
    public TensorInfo info() {
        return base.info();
    }

    @Override
    public String model() {
        return model;
    }

    @Override
    public void read(long first, float[] into, int count) {
        base.read(first, into, count);
        update().addTo(into, first, count);
    }

    @Override
    public long storedBytes(long elements) {
        return base.storedBytes(elements) + factorBytes;
    }

    private synchronized LowRankUpdate update() {
        LowRankUpdate known = update.get();
        if (known == null) {
            known = reader.get();
            update = new SoftReference<>(known);
        }
        return known;
    }
}
