package org.llmmerging.eval.tokenizer.jinja;

/** The values that are no string, number, list or mapping. */
enum Constant {
    /** Python's {@code None}. */
    NONE,
    /** What a name that was not given a value has. */
    UNDEFINED
}
