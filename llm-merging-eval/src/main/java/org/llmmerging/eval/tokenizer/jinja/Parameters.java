package org.llmmerging.eval.tokenizer.jinja;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What can be given to a filter, method or test: what it needs, then what has a value where it is not given. */
record Parameters(List<String> needed, Map<String, Object> optional) {
    static final Parameters NONE = new Parameters(List.of(), Map.of());

    static Parameters of(String... needed) {
        return new Parameters(List.of(needed), Map.of());
    }

    Parameters or(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(optional);
        more.put(name, value);
        return new Parameters(needed, more);
    }

    /** Gives each parameter its value. What is too much, not known or missing is an error. */
    Bound bind(String callee, Arguments given) {
        List<String> names = new ArrayList<>(needed);
        names.addAll(optional.keySet());
        if (given.plain().size() > names.size()) {
            throw new JinjaException("gives " + callee + " " + given.plain().size() + " values, but it takes "
                    + (names.isEmpty() ? "none" : "at most " + names.size()));
        }
        Map<String, Object> values = new HashMap<>(optional);
        for (int i = 0; i < given.plain().size(); i++) {
            values.put(names.get(i), given.plain().get(i));
        }
        List<String> byOrder = names.subList(0, given.plain().size());
        given.named().forEach((name, value) -> {
            if (!names.contains(name)) {
                throw new JinjaException("gives " + callee + " '" + name + "', which it does not take");
            }
            if (byOrder.contains(name)) {
                throw new JinjaException("gives " + callee + " '" + name + "' twice");
            }
            values.put(name, value);
        });
        for (String name : needed) {
            if (!values.containsKey(name)) {
                throw new JinjaException("uses " + callee + " without '" + name + "'");
            }
        }
        return new Bound(values);
    }

    /** The parameters' values. */
    record Bound(Map<String, Object> values) {
        Object get(String name) {
            Object value = values.get(name);
            if (value == null) {
                throw new IllegalArgumentException(name + " is no parameter");
            }
            return value;
        }

        boolean isTrue(String name) {
            return Values.isTrue(get(name));
        }

        String text(String name) {
            return Values.text(get(name));
        }

        /** A whole number; {@code None} stands for −1, as it does where a number is a limit. */
        long limit(String name) {
            return get(name) == Constant.NONE ? -1 : Values.whole(get(name));
        }
    }
}
