package org.llmmerging.eval.tokenizer.jinja;

import java.util.AbstractList;
import java.util.List;

/** Python's tuple: a list that is written in round brackets and equals no list. Immutable. */
final class Tuple extends AbstractList<Object> {
    private final List<Object> elements;

    Tuple(List<?> elements) {
        this.elements = List.copyOf(elements);
    }

    @Override
    public Object get(int index) {
        return elements.get(index);
    }

    @Override
    public int size() {
        return elements.size();
    }
}
