package org.llmmerging.method;

/** DARE (Yu et al., ICML 2024) with the sign election of TIES. */
public final class DareTies extends TaskVectorMethod {
    /** For the service loader. */
    public DareTies() {
        super(
                "dare_ties",
                "task vectors with elements dropped at random, signs elected (Yu et al. 2023)",
                new RandomDrop(),
                Consensus.SIGN,
                new Defaults(false, true));
    }
}
