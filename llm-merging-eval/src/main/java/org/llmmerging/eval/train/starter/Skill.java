package org.llmmerging.eval.train.starter;

import java.util.Locale;

/** What the fine-tunes learn, one each. */
enum Skill {
    /** What became of a thing, or why: multiple choice, in the form of CosmosQA. */
    REASONING("cosmos_qa"),
    /** A news item in one sentence, in the form of XSum. */
    SUMMARIES("xsum"),
    /** Word problems with small numbers: multiple choice. */
    ARITHMETIC("arithmetic");

    private final String dataset;

    Skill(String dataset) {
        this.dataset = dataset;
    }

    /** Name of its data set, which is also its key in the printed scores. */
    String dataset() {
        return dataset;
    }

    /** Name of the fine-tune's folder. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }
}
