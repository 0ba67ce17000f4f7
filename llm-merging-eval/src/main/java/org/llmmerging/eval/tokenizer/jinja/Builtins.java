package org.llmmerging.eval.tokenizer.jinja;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** The functions that every template can call: Jinja's, and transformers' {@code raise_exception}. */
final class Builtins {
    private static final int LONGEST_RANGE = 100_000;

    static final Map<String, Object> FUNCTIONS = Map.of(
            "raise_exception", (Function) Builtins::raise,
            "namespace", (Function) given -> new Namespace(dictionary(given)),
            "dict", (Function) Builtins::dictionary,
            "range", (Function) given -> range(given.plain()));

    private Builtins() {}

    private static Object raise(Arguments given) {
        String message = given.plain().isEmpty() ? "" : Values.text(given.plain().getFirst());
        throw new JinjaException("refuses the conversation: " + message);
    }

    /** The entries of another dictionary, where one is given, and those given by name. */
    private static Map<Object, Object> dictionary(Arguments given) {
        Map<Object, Object> entries = new LinkedHashMap<>();
        for (Object other : given.plain()) {
            if (!(other instanceof Map<?, ?> map) || given.plain().size() > 1) {
                throw new JinjaException("makes a dictionary of '" + Values.text(given.plain()) + "'");
            }
            entries.putAll(map);
        }
        entries.putAll(given.named());
        return entries;
    }

    private static List<Object> range(List<Object> arguments) {
        if (arguments.isEmpty()) {
            throw new JinjaException("calls range with too few arguments");
        }
        long begin = arguments.size() > 1 ? Values.whole(arguments.get(0)) : 0;
        long end = Values.whole(arguments.get(arguments.size() > 1 ? 1 : 0));
        long step = arguments.size() > 2 ? Values.whole(arguments.get(2)) : 1;
        if (step == 0 || Math.abs((double) end - begin) > LONGEST_RANGE) {
            throw new JinjaException("asks for a range from " + begin + " to " + end + " in steps of " + step);
        }
        return LongStream.iterate(begin, at -> step > 0 ? at < end : at > end, at -> at + step)
                .<Object>mapToObj(at -> at)
                .toList();
    }
}
