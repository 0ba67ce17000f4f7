package org.llmmerging.eval.tokenizer.jinja;

import java.util.List;
import java.util.Map;

/** Something that a template can call. */
@FunctionalInterface
interface Function {
    Object call(List<Object> arguments, Map<String, Object> named);
}
