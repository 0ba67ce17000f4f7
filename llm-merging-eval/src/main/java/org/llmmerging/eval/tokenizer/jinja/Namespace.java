package org.llmmerging.eval.tokenizer.jinja;

import java.util.Map;

/** Jinja's namespace, and what it calls {@code loop}: an object with members, which is no dictionary. */
record Namespace(Map<Object, Object> members) {}
