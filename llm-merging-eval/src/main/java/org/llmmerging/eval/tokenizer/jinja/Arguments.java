package org.llmmerging.eval.tokenizer.jinja;

import java.util.List;
import java.util.Map;

/** What a call gives, in order and by name. */
record Arguments(List<Object> plain, Map<String, Object> named) {
    static final Arguments NONE = new Arguments(List.of(), Map.of());

    /** What is left without the first values. */
    Arguments after(int count) {
        return new Arguments(plain.subList(Math.min(count, plain.size()), plain.size()), named);
    }
}
