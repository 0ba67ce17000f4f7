package org.llmmerging.checkpoint;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a <a href="https://docs.python.org/3/library/pickle.html">pickle</a> of plain data. A pickle is a program for a
 * stack machine that can name and call any function of Python; here nothing is called but what an {@link Environment}
 * offers, and instructions that weights do not need are refused.
 *
 * <p>Python's values become {@code String}, {@code Long}, {@code Double}, {@code Boolean}, {@link #NONE}, an
 * unmodifiable {@code List} for a tuple, an {@code ArrayList} for a list, and a {@code LinkedHashMap} for a dictionary.
 * One thread only.
 */
final class PickleReader {
    /** Python's {@code None}. */
    static final Object NONE = new Object() {
        @Override
        public String toString() {
            return "None";
        }
    };

    private static final int LATEST_PROTOCOL = 5;
    private static final int MOST_ON_STACK = 1 << 17;
    /** A tensor takes some forty; each makes an object of some fifty bytes at most. */
    private static final int MOST_INSTRUCTIONS = 1 << 22;

    private final PickleInput input;
    private final Environment environment;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    /** What a pickle may refer to by name. Each method throws {@link CheckpointException} for what is not known. */
    interface Environment {
        /** The class, function or constant {@code name} of a module. */
        Object global(String module, String name);

        /** The result of calling one of those. */
        Object call(Object global, List<?> arguments);

        /** What lies outside the pickle. */
        Object persistent(Object id);
    }

    /** @param input read from where it is */
    PickleReader(PickleInput input, Environment environment) {
        this.input = input;
        this.environment = environment;
    }

    /**
     * Reads one pickle, up to its end.
     *
     * @throws CheckpointException when it is malformed, or more than plain data
     */
    Object read() {
        int executed = 0;
        for (int instruction = input.next(); instruction != '.'; instruction = input.next()) {
            if (++executed > MOST_INSTRUCTIONS) {
                throw input.problem("has more than " + MOST_INSTRUCTIONS + " instructions");
            }
            execute(instruction);
        }
        Object result = pop();
        if (!stack.isEmpty() || !marks.isEmpty()) {
            throw input.problem("leaves more than one value");
        }
        return result;
    }

    /**
     * Reads the one pickle that there is.
     *
     * @throws CheckpointException as {@link #read} does, and when something follows
     */
    Object readAll() {
        Object result = read();
        if (!input.isAtEnd()) {
            throw input.problem("goes on after its end");
        }
        return result;
    }

    // The names in the comments are those of Python's pickletools.
    private void execute(int instruction) {
        switch (instruction) {
            case 0x80 -> protocol();
            case 0x95 -> input.bytes(Long.BYTES); // FRAME
            case '(' -> mark();
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top()); // DUP
            case 'N' -> push(NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) input.bytes(Integer.BYTES).getInt()); // BININT
            case 'K' -> push((long) input.next()); // BININT1
            case 'M' -> push((long) Short.toUnsignedInt(input.bytes(Short.BYTES).getShort())); // BININT2
            case 0x8a -> push(input.integer(input.next())); // LONG1
            case 'G' -> push(input.bytes(Double.BYTES).order(ByteOrder.BIG_ENDIAN).getDouble()); // BINFLOAT
            case 'X' -> push(input.text(input.length())); // BINUNICODE
            case 0x8c -> push(input.text(input.next())); // SHORT_BINUNICODE
            case 'T' -> push(input.text(input.length())); // BINSTRING
            case 'U' -> push(input.text(input.next())); // SHORT_BINSTRING
            case ']' -> push(new ArrayList<>());
            case 'a' -> { // APPEND
                Object value = pop();
                list(top()).add(value);
            }
            case 'e' -> { // APPENDS
                List<Object> values = popToMark();
                list(top()).addAll(values);
            }
            case 'l' -> push(new ArrayList<>(popToMark())); // LIST
            case ')' -> push(List.of());
            case 't' -> push(Collections.unmodifiableList(popToMark())); // TUPLE
            case 0x85 -> tuple(1);
            case 0x86 -> tuple(2);
            case 0x87 -> tuple(3);
            case '}' -> push(new LinkedHashMap<>());
            case 'd' -> { // DICT
                List<Object> entries = popToMark();
                Map<Object, Object> made = new LinkedHashMap<>();
                put(made, entries);
                push(made);
            }
            case 's' -> { // SETITEM
                Object value = pop();
                Object key = pop();
                put(dictionary(top()), List.of(key, value));
            }
            case 'u' -> { // SETITEMS
                List<Object> entries = popToMark();
                put(dictionary(top()), entries);
            }
            case 'q' -> remember(input.next()); // BINPUT
            case 'r' -> remember(input.bytes(Integer.BYTES).getInt()); // LONG_BINPUT
            case 0x94 -> remember(memo.size()); // MEMOIZE
            case 'h' -> push(recall(input.next())); // BINGET
            case 'j' -> push(recall(input.bytes(Integer.BYTES).getInt())); // LONG_BINGET
            case 'c' -> push(environment.global(input.line(), input.line())); // GLOBAL
            case 0x93 -> { // STACK_GLOBAL
                Object name = pop();
                push(environment.global(string(pop()), string(name)));
            }
            case 'R' -> { // REDUCE
                Object arguments = pop();
                push(environment.call(pop(), tuple(arguments)));
            }
            case 'Q' -> push(environment.persistent(pop())); // BINPERSID
            case 'b' -> { // BUILD: attributes of a dictionary, such as the versions of modules; no weights
                pop();
                dictionary(top());
            }
            default -> throw input.problem("has the instruction 0x%02x at byte %d, which weights do not need".formatted(
                    instruction, input.position() - 1));
        }
    }

    private void protocol() {
        int version = input.next();
        if (version > LATEST_PROTOCOL) {
            throw input.problem("is of protocol " + version + ", the latest known is " + LATEST_PROTOCOL);
        }
    }

    private Object top() {
        int least = marks.isEmpty() ? 0 : marks.getLast();
        if (stack.size() <= least) {
            throw input.problem("takes a value that is not there");
        }
        return stack.getLast();
    }

    private Object pop() {
        Object top = top();
        stack.removeLast();
        return top;
    }

    private void push(Object value) {
        if (stack.size() == MOST_ON_STACK) {
            throw input.problem("needs a stack of more than " + MOST_ON_STACK + " values");
        }
        stack.add(value);
    }

    private void mark() {
        if (marks.size() == MOST_ON_STACK) {
            throw input.problem("is nested more than " + MOST_ON_STACK + " deep");
        }
        marks.add(stack.size());
    }

    private List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw input.problem("takes a value that is not there");
        }
        List<Object> above = stack.subList(marks.removeLast(), stack.size());
        List<Object> taken = new ArrayList<>(above);
        above.clear();
        return taken;
    }

    private void tuple(int length) {
        Object[] values = new Object[length];
        for (int i = length - 1; i >= 0; i--) {
            values[i] = pop();
        }
        push(List.of(values));
    }

    private void remember(int index) {
        memo.put(index, top());
    }

    private Object recall(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw input.problem("recalls a value that it never stored");
        }
        return value;
    }

    private void put(Map<Object, Object> into, List<Object> entries) {
        if (entries.size() % 2 != 0) {
            throw input.problem("has a key without a value");
        }
        for (int i = 0; i < entries.size(); i += 2) {
            Object key = entries.get(i);
            if (!(key instanceof String || key instanceof Long)) {
                throw input.problem("has a key that is neither text nor a number");
            }
            into.put(key, entries.get(i + 1));
        }
    }

    private String string(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw input.problem("has something else where it needs text");
    }

    private List<?> tuple(Object value) {
        if (value instanceof List<?> tuple) {
            return tuple;
        }
        throw input.problem("has something else where it needs a tuple");
    }

    /** A tuple is no list: it cannot grow. */
    @SuppressWarnings("unchecked")
    private List<Object> list(Object value) {
        if (value instanceof ArrayList<?> list) {
            return (List<Object>) list;
        }
        throw input.problem("has something else where it needs a list");
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> dictionary(Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<Object, Object>) map;
        }
        throw input.problem("has something else where it needs a dictionary");
    }
}
