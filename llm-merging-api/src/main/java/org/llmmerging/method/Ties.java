package org.llmmerging.method;

/** TIES-Merging (Yadav et al., NeurIPS 2023): trim by magnitude, elect signs, merge what agrees. */
public final class Ties extends TaskVectorMethod {
    /** For the service loader. */
    public Ties() {
        super(
                "ties",
                "task vectors trimmed by magnitude, signs elected (Yadav et al. 2023)",
                new MagnitudeTrim(),
                Consensus.SIGN,
                new Defaults(true, false));
    }
}
