package org.llmmerging.eval.tokenizer.jinja;

/** Something that a template can call. */
@FunctionalInterface
interface Function {
    Object call(Arguments given);
}
