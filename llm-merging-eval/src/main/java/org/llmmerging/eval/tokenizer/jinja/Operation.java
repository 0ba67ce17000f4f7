package org.llmmerging.eval.tokenizer.jinja;

import java.util.Map;

/** A filter, method or test: what it does to a value of one kind with what a call gives. */
@FunctionalInterface
interface Operation<S> {
    /** @param callee what to call the operation where it is used wrongly */
    Object apply(String callee, S subject, Arguments given);

    /** An operation whose parameters have their values. */
    @FunctionalInterface
    interface Body<S> {
        Object apply(S subject, Parameters.Bound given);
    }

    static <S> Map.Entry<String, Operation<S>> entry(String name, Parameters parameters, Body<S> body) {
        return Map.entry(
                name, (callee, subject, given) -> body.apply(subject, parameters.bind(callee, given)));
    }

    /** An operation that takes what another one takes, whatever that is. */
    static <S> Map.Entry<String, Operation<S>> open(String name, Operation<S> operation) {
        return Map.entry(name, operation);
    }
}
