package org.llmmerging.eval.tokenizer.jinja;

import java.util.List;
import java.util.Map;

/** A parsed template. Immutable and thread-safe. */
public final class JinjaTemplate {
    private final List<Node> nodes;

    private JinjaTemplate(List<Node> nodes) {
        this.nodes = nodes;
    }

    /** @throws JinjaException saying what is wrong with the template */
    public static JinjaTemplate parse(String text) {
        // Jinja drops one line end at the end of a template.
        String kept = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return new JinjaTemplate(new TemplateParser(Segment.split(kept)).parse());
    }

    /**
     * The text of the template for some values.
     *
     * @param values strings, numbers, truth values, lists and maps of these, by name
     * @throws JinjaException when the template asks for what cannot be, raises an exception of its own, or goes on for too
     *     long
     */
    public String render(Map<String, Object> values) {
        Scope scope = new Scope(Builtins.FUNCTIONS);
        values.forEach(scope::set);
        StringBuilder out = new StringBuilder();
        try {
            Node.all(nodes, scope, out);
        } catch (StackOverflowError e) {
            throw new JinjaException("calls itself without end");
        }
        return out.toString();
    }
}
