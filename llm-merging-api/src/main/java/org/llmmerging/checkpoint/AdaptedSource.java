package org.llmmerging.checkpoint;

/** A base tensor with a LoRA update added: W + scaling · B · A. */
record AdaptedSource(String model, TensorSource base, LowRankUpdate update) implements TensorSource {
    @Override
    public TensorInfo info() {
        return base.info();
    }

    @Override
    public void read(long first, float[] into, int count) {
        base.read(first, into, count);
        update.addTo(into, first, count);
    }
}
