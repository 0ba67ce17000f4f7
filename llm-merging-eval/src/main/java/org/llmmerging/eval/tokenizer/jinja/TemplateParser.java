package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses the statements of a template. */
final class TemplateParser {
    private final List<Segment> segments;
    private int at;

    TemplateParser(List<Segment> segments) {
        this.segments = segments;
    }

    List<Node> parse() {
        List<Node> nodes = untilClosed();
        if (at < segments.size()) {
            throw new JinjaException("has '" + segments.get(at).content() + "' where nothing is open");
        }
        return nodes;
    }

    /** The parts up to a statement that closes or continues what is open, which is not consumed, or up to the end. */
    private List<Node> untilClosed() {
        List<Node> nodes = new ArrayList<>();
        while (at < segments.size()) {
            Segment segment = segments.get(at);
            if (segment.kind() == Segment.Kind.STATEMENT) {
                String word = word(segment.content());
                if (word.startsWith("end") || word.equals("else") || word.equals("elif")) {
                    return nodes;
                }
                at++;
                nodes.add(statement(word, segment.content().substring(word.length())));
            } else {
                at++;
                nodes.add(segment.kind() == Segment.Kind.TEXT
                        ? (scope, out) -> out.append(segment.content())
                        : output(segment.content()));
            }
        }
        return nodes;
    }

    private static Node output(String content) {
        Expression value = ExpressionParser.parse(content);
        return (scope, out) -> out.append(Values.text(value.value(scope)));
    }

    private static String word(String statement) {
        int end = 0;
        while (end < statement.length() && Character.isLetter(statement.charAt(end))) {
            end++;
        }
        return statement.substring(0, end);
    }

    private Node statement(String word, String rest) {
        return switch (word) {
            case "if" -> condition(rest);
            case "for" -> loop(rest);
            case "set" -> assignment(rest);
            case "macro" -> macro(rest);
            case "generation" -> block("generation");
            default -> throw new JinjaException("has the statement '" + word + "', which is not known");
        };
    }

    private void close(String word) {
        if (at >= segments.size() || !word(segments.get(at).content()).equals("end" + word)) {
            throw new JinjaException("has no 'end" + word + "' where it belongs");
        }
        at++;
    }

    private Node block(String word) {
        List<Node> body = untilClosed();
        close(word);
        return (scope, out) -> Node.all(body, scope.inner(), out);
    }

    /** Whether a statement that begins with the word comes next. */
    private boolean next(String word) {
        return at < segments.size() && segments.get(at).kind() == Segment.Kind.STATEMENT
                && word(segments.get(at).content()).equals(word);
    }

    private Node condition(String test) {
        Expression condition = ExpressionParser.parse(test);
        List<Node> body = untilClosed();
        List<Node> otherwise = List.of();
        if (next("elif")) {
            String content = segments.get(at++).content();
            // The chain's last member closes all of it.
            otherwise = List.of(condition(content.substring("elif".length())));
        } else {
            if (next("else")) {
                at++;
                otherwise = untilClosed();
            }
            close("if");
        }
        List<Node> other = otherwise;
        return (scope, out) -> Node.all(Values.isTrue(condition.value(scope)) ? body : other, scope, out);
    }

    private Node loop(String header) {
        ExpressionParser parser = new ExpressionParser(header);
        List<String> names = new ArrayList<>(List.of(parser.name()));
        while (parser.accept(",")) {
            names.add(parser.name());
        }
        parser.expect("in");
        Expression list = parser.or();
        Expression filter = parser.accept("if") ? parser.or() : scope -> true;
        parser.accept("recursive");
        parser.end();
        List<Node> body = untilClosed();
        List<Node> empty = List.of();
        if (next("else")) {
            at++;
            empty = untilClosed();
        }
        close("for");
        List<Node> otherwise = empty;
        return (scope, out) -> {
            List<Object> elements = new ArrayList<>();
            List<List<Object>> parts = new ArrayList<>(); // taken once, for some can be gone through but once
            for (Object element : Values.list(list.value(scope))) {
                List<Object> own = names.size() == 1 ? List.of(element) : Values.list(element);
                Scope trial = scope.inner();
                bind(trial, names, own);
                if (Values.isTrue(filter.value(trial))) {
                    elements.add(element);
                    parts.add(own);
                }
            }
            if (elements.isEmpty()) {
                Node.all(otherwise, scope.inner(), out);
            }
            for (int i = 0; i < elements.size(); i++) {
                scope.step();
                Scope inner = scope.inner();
                bind(inner, names, parts.get(i));
                inner.set("loop", new Namespace(position(elements, i)));
                Node.all(body, inner, out);
            }
        };
    }

    private static void bind(Scope scope, List<String> names, List<Object> parts) {
        if (parts.size() != names.size()) {
            throw new JinjaException("takes what has " + parts.size() + " parts apart into " + names.size() + " names");
        }
        for (int i = 0; i < names.size(); i++) {
            scope.set(names.get(i), parts.get(i));
        }
    }

    private static Map<Object, Object> position(List<Object> elements, int index) {
        Map<Object, Object> loop = new LinkedHashMap<>();
        loop.put("index", index + 1L);
        loop.put("index0", (long) index);
        loop.put("revindex", (long) elements.size() - index);
        loop.put("revindex0", elements.size() - index - 1L);
        loop.put("first", index == 0);
        loop.put("last", index == elements.size() - 1);
        loop.put("length", (long) elements.size());
        loop.put("depth", 1L);
        loop.put("depth0", 0L);
        if (index > 0) {
            loop.put("previtem", elements.get(index - 1));
        }
        if (index < elements.size() - 1) {
            loop.put("nextitem", elements.get(index + 1));
        }
        return loop;
    }

    private Node assignment(String text) {
        ExpressionParser parser = new ExpressionParser(text);
        String name = parser.name();
        String member = parser.accept(".") ? parser.name() : "";
        if (!parser.accept("=")) {
            parser.end();
            List<Node> body = untilClosed();
            close("set");
            return (scope, out) -> {
                BoundedText written = new BoundedText();
                Node.all(body, scope.inner(), written);
                assign(scope, name, member, written.toString());
            };
        }
        Expression value = parser.conditional();
        parser.end();
        return (scope, out) -> assign(scope, name, member, value.value(scope));
    }

    private static void assign(Scope scope, String name, String member, Object value) {
        if (member.isEmpty()) {
            scope.set(name, value);
            return;
        }
        if (!(scope.get(name) instanceof Namespace namespace)) {
            throw new JinjaException("sets '" + member + "' of '" + name + "', which is no namespace");
        }
        namespace.members().put(member, value);
    }

    private Node macro(String header) {
        ExpressionParser parser = new ExpressionParser(header);
        String name = parser.name();
        Parameters parameters = Parameters.NONE;
        parser.expect("(");
        while (!parser.accept(")")) {
            String parameter = parser.name();
            Expression otherwise = parser.accept("=") ? parser.conditional() : scope -> Constant.UNDEFINED;
            parameters = parameters.or(parameter, otherwise);
            if (!parser.accept(",")) {
                parser.expect(")");
                break;
            }
        }
        List<Node> body = untilClosed();
        close("macro");
        Parameters taken = parameters;
        return (scope, out) -> scope.set(name, (Function) call -> {
            Parameters.Bound given = taken.bind("the macro " + name, call);
            Scope inner = scope.inner();
            // More than it takes is refused, so there is never any of it.
            inner.set("varargs", new Tuple(List.of()));
            inner.set("kwargs", Map.of());
            // A parameter hides a name from outside, also for what stands for another: that may name those before it.
            taken.optional().keySet().forEach(parameter -> inner.set(parameter, Constant.UNDEFINED));
            for (String parameter : taken.optional().keySet()) {
                Object value = given.get(parameter);
                inner.set(parameter, value instanceof Expression otherwise ? otherwise.value(inner) : value);
            }
            BoundedText written = new BoundedText();
            Node.all(body, inner, written);
            return written.toString();
        });
    }
}
