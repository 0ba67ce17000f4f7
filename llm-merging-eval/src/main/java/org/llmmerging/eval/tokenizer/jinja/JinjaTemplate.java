package org.llmmerging.eval.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parsed template. Immutable and thread-safe. */
public final class JinjaTemplate {
    private final List<Node> nodes;

    private JinjaTemplate(List<Node> nodes) {
        this.nodes = nodes;
    }

    /** @throws JinjaException saying what is wrong with the template */
    public static JinjaTemplate parse(String text) {
        // Jinja has one line end, and drops one at the end of a template.
        String lines = text.replace("\r\n", "\n").replace('\r', '\n');
        String kept = lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines;
        try {
            return new JinjaTemplate(new TemplateParser(Segment.split(kept)).parse());
        } catch (StackOverflowError e) {
            throw new JinjaException("is nested too deeply");
        }
    }

    /**
     * The text of the template for some values.
     *
     * @param values strings, whole numbers as {@code Long} and others as {@code Double}, truth values, lists and maps
     *     of these, by name; null is {@code None}
     * @throws JinjaException when the template asks for what cannot be, raises an exception of its own, or goes on for
     *     too long or makes too long a text
     */
    public String render(Map<String, ? extends @Nullable Object> values) {
        Scope scope = new Scope(Builtins.FUNCTIONS);
        values.forEach((name, value) -> scope.set(name, value == null ? Constant.NONE : value));
        BoundedText out = new BoundedText();
        try {
            Node.all(nodes, scope, out);
        } catch (StackOverflowError e) {
            throw new JinjaException("calls itself without end");
        }
        return out.toString();
    }
}
