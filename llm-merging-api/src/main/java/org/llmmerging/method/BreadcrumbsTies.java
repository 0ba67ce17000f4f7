package org.llmmerging.method;

/** Model Breadcrumbs (Davari, Belilovsky, ECCV 2024) with the sign election of TIES. */
public final class BreadcrumbsTies extends TaskVectorMethod {
    /** For the service loader. */
    public BreadcrumbsTies() {
        super(
                "breadcrumbs_ties",
                "task vectors without their largest and smallest elements, signs elected",
                new OutlierTrim(),
                Consensus.SIGN,
                new Defaults(false, false));
    }
}
