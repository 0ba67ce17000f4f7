package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Python's generator, which filters such as {@code map} and {@code select} make: it is gone through once, counts as
 * true even when there is nothing in it, and has neither a length nor elements at positions.
 */
final class Generated {
    private final Iterator<Object> elements;

    Generated(List<?> elements) {
        this.elements = List.<Object>copyOf(elements).iterator();
    }

    /** What has not been gone through. */
    List<Object> rest() {
        List<Object> rest = new ArrayList<>();
        elements.forEachRemaining(rest::add);
        return rest;
    }

    /** The next element; undefined at the end. */
    Object next() {
        return elements.hasNext() ? elements.next() : Constant.UNDEFINED;
    }

    /** Goes on up to an element that equals the value. */
    boolean contains(Object value) {
        while (elements.hasNext()) {
            if (Values.equal(elements.next(), value)) {
                return true;
            }
        }
        return false;
    }
}
