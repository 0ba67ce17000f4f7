package org.llmmerging.method;

/** Task arithmetic (Ilharco et al., ICLR 2023): base + λ Σ wᵢ (modelᵢ − base). A density is taken and ignored. */
public final class TaskArithmetic extends TaskVectorMethod {
    /** For the service loader. */
    public TaskArithmetic() {
        super(
                "task_arithmetic",
                "base plus weighted task vectors (Ilharco et al. 2022)",
                new NoSparsification(),
                Consensus.NONE,
                new Defaults(false, false));
    }
}
