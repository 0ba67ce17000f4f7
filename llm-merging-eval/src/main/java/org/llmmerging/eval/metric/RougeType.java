package org.llmmerging.eval.metric;

import java.util.List;

/** The variants of ROUGE that are reported, in the order they are reported in. */
public enum RougeType {
    /** Words in common. */
    ROUGE_1("rouge1"),
    /** Pairs of adjacent words in common. */
    ROUGE_2("rouge2"),
    /** Longest common subsequence of the whole texts. */
    ROUGE_L("rougeL"),
    /** Longest common subsequences line by line: the summary-level ROUGE-L. */
    ROUGE_LSUM("rougeLsum");

    /** All variants, in order. */
    public static final List<RougeType> ALL = List.of(values());

    private final String metric;

    RougeType(String metric) {
        this.metric = metric;
    }

    /** The name that score files use, such as {@code rougeL}. */
    public String metric() {
        return metric;
    }
}
