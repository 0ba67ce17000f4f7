package org.llmmerging.eval.tokenizer.jinja;

import java.util.Map;

/**
 * Jinja's namespace, and what it calls {@code loop}: an object with members, which is no dictionary and equals itself
 * only.
 */
final class Namespace {
    private final Map<Object, Object> members;

    Namespace(Map<Object, Object> members) {
        this.members = members;
    }

    Map<Object, Object> members() {
        return members;
    }
}
