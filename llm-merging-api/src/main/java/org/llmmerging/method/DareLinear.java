package org.llmmerging.method;

/** DARE (Yu et al., ICML 2024) with plain addition: drop at random, rescale, add. */
public final class DareLinear extends TaskVectorMethod {
    /** For the service loader. */
    public DareLinear() {
        super(
                "dare_linear",
                "task vectors with elements dropped at random (Yu et al. 2023)",
                new RandomDrop(),
                Consensus.NONE,
                new Defaults(false, true));
    }
}
