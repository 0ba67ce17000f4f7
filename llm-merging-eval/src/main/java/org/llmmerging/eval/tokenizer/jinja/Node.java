package org.llmmerging.eval.tokenizer.jinja;

import java.util.List;

/** Part of a template that writes text. */
@FunctionalInterface
interface Node {
    void render(Scope scope, BoundedText out);

    /** Renders parts one after another. */
    static void all(List<Node> nodes, Scope scope, BoundedText out) {
        for (Node node : nodes) {
            scope.step();
            node.render(scope, out);
        }
    }
}
