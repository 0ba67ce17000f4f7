package org.llmmerging.eval.train.starter;

import java.util.Locale;

/** What the fine-tunes learn, one each. */
enum Skill {
    /** What became of a thing, or why: multiple choice, in the form of CosmosQA. */
    REASONING("cosmos_qa", "multiple choice", "accuracy", "accuracy"),
    /** A news item in one sentence, in the form of XSum. */
    SUMMARIES("xsum", "summaries", "rougeL", "ROUGE-L"),
    /** Word problems with small numbers: multiple choice. */
    ARITHMETIC("arithmetic", "arithmetic", "accuracy", "accuracy");

    private final String dataset;
    private final String title;
    private final String metric;
    private final String metricTitle;

    Skill(String dataset, String title, String metric, String metricTitle) {
        this.dataset = dataset;
        this.title = title;
        this.metric = metric;
        this.metricTitle = metricTitle;
    }

    /** Name of its data set, which is also its key in the printed scores. */
    String dataset() {
        return dataset;
    }

    /** The figure that it is measured by, as scores name it: {@code accuracy} or {@code rougeL}. */
    String metric() {
        return metric;
    }

    /** Name of the fine-tune's folder. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What others know of it. */
    StarterTask task() {
        return new StarterTask(dataset, title, metricTitle, folder());
    }
}
