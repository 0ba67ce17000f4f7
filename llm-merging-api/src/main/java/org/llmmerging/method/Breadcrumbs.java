package org.llmmerging.method;

/** Model Breadcrumbs (Davari, Belilovsky, ECCV 2024): drop outliers and small changes, add. */
public final class Breadcrumbs extends TaskVectorMethod {
    /** For the service loader. */
    public Breadcrumbs() {
        super(
                "breadcrumbs",
                "task vectors without their largest and smallest elements (Davari, Belilovsky 2023)",
                new OutlierTrim(),
                Consensus.NONE,
                new Defaults(false, false));
    }
}
