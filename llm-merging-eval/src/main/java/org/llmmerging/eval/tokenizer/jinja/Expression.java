package org.llmmerging.eval.tokenizer.jinja;

/** Part of a template that has a value. */
@FunctionalInterface
interface Expression {
    Object value(Scope scope);
}
