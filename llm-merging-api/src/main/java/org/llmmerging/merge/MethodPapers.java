package org.llmmerging.merge;

import java.util.Map;
import java.util.Optional;

/** Where the built-in methods are described. */
final class MethodPapers {
    /**
     * A publication.
     *
     * @param title what it is called
     * @param address where it is
     */
    record Paper(String title, String address) {
        private static Paper arxiv(String title, String number) {
            return new Paper(title, "https://arxiv.org/abs/" + number);
        }
    }

    private static final Paper SOUPS = Paper.arxiv("Model soups", "2203.05482");
    private static final Paper SLERP = new Paper(
            "Animating rotation with quaternion curves", "https://doi.org/10.1145/325334.325242");
    private static final Paper TASK_VECTORS = Paper.arxiv("Editing models with task arithmetic", "2212.04089");
    private static final Paper TIES = Paper.arxiv("TIES-Merging", "2306.01708");
    private static final Paper DARE = Paper.arxiv("Language models are super Mario (DARE)", "2311.03099");
    private static final Paper BREADCRUMBS = Paper.arxiv("Model breadcrumbs", "2312.06795");
    private static final Paper DELLA = Paper.arxiv("DELLA-Merging", "2406.11617");

    private static final Map<String, Paper> BY_METHOD = Map.ofEntries(
            Map.entry("linear", SOUPS),
            Map.entry("slerp", SLERP),
            Map.entry("nuslerp", SLERP),
            Map.entry("task_arithmetic", TASK_VECTORS),
            Map.entry("ties", TIES),
            Map.entry("dare_linear", DARE),
            Map.entry("dare_ties", DARE),
            Map.entry("breadcrumbs", BREADCRUMBS),
            Map.entry("breadcrumbs_ties", BREADCRUMBS),
            Map.entry("della", DELLA),
            Map.entry("della_linear", DELLA),
            Map.entry("model_stock", Paper.arxiv("Model Stock", "2403.19522")),
            Map.entry("sce", Paper.arxiv("FuseChat", "2408.07990")));

    private MethodPapers() {}

    /** The paper of a method; nothing for one that is not built in or was not published. */
    static Optional<Paper> of(String method) {
        return Optional.ofNullable(BY_METHOD.get(method));
    }
}
