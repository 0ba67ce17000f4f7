package org.llmmerging.method;

/** DELLA-Merging (Deep, Bhardwaj, Poria 2024): drop by magnitude, elect signs, fuse. */
public final class Della extends TaskVectorMethod {
    /** For the service loader. */
    public Della() {
        super(
                "della",
                "task vectors dropped at random by magnitude, signs elected (Deep et al. 2024)",
                new RankedDrop(),
                Consensus.SIGN,
                new Defaults(true, true));
    }
}
