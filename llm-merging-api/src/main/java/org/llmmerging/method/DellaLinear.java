package org.llmmerging.method;

/** DELLA (Deep, Bhardwaj, Poria 2024) with plain addition. */
public final class DellaLinear extends TaskVectorMethod {
    /** For the service loader. */
    public DellaLinear() {
        super(
                "della_linear",
                "task vectors dropped at random by magnitude (Deep et al. 2024)",
                new RankedDrop(),
                Consensus.NONE,
                new Defaults(false, true));
    }
}
