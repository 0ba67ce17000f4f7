package org.llmmerging.eval.tokenizer.jinja;

import java.util.List;

/** What a dictionary's {@code keys()}, {@code values()} and {@code items()} give: it has no elements at positions. */
record View(List<Object> elements) {
    View {
        elements = List.copyOf(elements);
    }
}
