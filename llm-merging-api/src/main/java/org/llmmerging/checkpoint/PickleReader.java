package org.llmmerging.checkpoint;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
 * <p>Python's values become {@code String}, {@code Long}, {@code Double}, {@code Boolean}, {@link #NONE}, an unmodifiable
 * {@code List} for a tuple, an {@code ArrayList} for a list, and a {@code LinkedHashMap} for a dictionary. One thread only.
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

    private final Path file;
    private final ByteBuffer pickle;
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

    /**
     * @param file for messages
     * @param pickle read from its position on
     */
    PickleReader(Path file, ByteBuffer pickle, Environment environment) {
        this.file = file;
        this.pickle = pickle.order(ByteOrder.LITTLE_ENDIAN);
        this.environment = environment;
    }

    /**
     * Reads one pickle and leaves the position behind it.
     *
     * @throws CheckpointException when it is malformed, or more than plain data
     */
    Object read() {
        int executed = 0;
        for (int instruction = next(); instruction != '.'; instruction = next()) {
            if (++executed > MOST_INSTRUCTIONS) {
                throw problem("has more than " + MOST_INSTRUCTIONS + " instructions");
            }
            execute(instruction);
        }
        Object result = pop();
        if (!stack.isEmpty() || !marks.isEmpty()) {
            throw problem("leaves more than one value");
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
        if (pickle.hasRemaining()) {
            throw problem("goes on after its end");
        }
        return result;
    }

    // The names in the comments are those of Python's pickletools.
    private void execute(int instruction) {
        switch (instruction) {
            case 0x80 -> protocol();
            case 0x95 -> bytes(Long.BYTES); // FRAME
            case '(' -> mark();
            case '0' -> pop();
            case '1' -> popToMark();
            case '2' -> push(top()); // DUP
            case 'N' -> push(NONE);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) bytes(Integer.BYTES).getInt()); // BININT
            case 'K' -> push((long) next()); // BININT1
            case 'M' -> push((long) Short.toUnsignedInt(bytes(Short.BYTES).getShort())); // BININT2
            case 0x8a -> push(integer(next())); // LONG1
            case 'G' -> push(bytes(Double.BYTES).order(ByteOrder.BIG_ENDIAN).getDouble()); // BINFLOAT
            case 'X' -> push(text(length())); // BINUNICODE
            case 0x8c -> push(text(next())); // SHORT_BINUNICODE
            case 'T' -> push(text(length())); // BINSTRING
            case 'U' -> push(text(next())); // SHORT_BINSTRING
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
            case 'q' -> remember(next()); // BINPUT
            case 'r' -> remember(bytes(Integer.BYTES).getInt()); // LONG_BINPUT
            case 0x94 -> remember(memo.size()); // MEMOIZE
            case 'h' -> push(recall(next())); // BINGET
            case 'j' -> push(recall(bytes(Integer.BYTES).getInt())); // LONG_BINGET
            case 'c' -> push(environment.global(line(), line())); // GLOBAL
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
            default -> throw problem("has the instruction 0x%02x at byte %d, which weights do not need".formatted(
                    instruction, pickle.position() - 1));
        }
    }

    private void protocol() {
        int version = next();
        if (version > LATEST_PROTOCOL) {
            throw problem("is of protocol " + version + ", the latest known is " + LATEST_PROTOCOL);
        }
    }

    private int next() {
        return Byte.toUnsignedInt(bytes(1).get());
    }

    private int length() {
        int length = bytes(Integer.BYTES).getInt();
        if (length < 0) {
            throw problem("ends early");
        }
        return length;
    }

    private ByteBuffer bytes(int count) {
        if (count > pickle.remaining()) {
            throw problem("ends early");
        }
        ByteBuffer taken = pickle.slice(pickle.position(), count).order(ByteOrder.LITTLE_ENDIAN);
        pickle.position(pickle.position() + count);
        return taken;
    }

    private String text(int length) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes(length)).toString();
        } catch (CharacterCodingException e) {
            throw problem("has a text that is not UTF-8");
        }
    }

    private String line() {
        int length = 0;
        while (length < pickle.remaining() && pickle.get(pickle.position() + length) != '\n') {
            length++;
        }
        String line = text(length);
        next();
        return line;
    }

    private long integer(int length) {
        byte[] littleEndian = new byte[length];
        bytes(length).get(littleEndian);
        byte[] bigEndian = new byte[length + 1];
        for (int i = 0; i < length; i++) {
            bigEndian[length - i] = littleEndian[i];
        }
        bigEndian[0] = (byte) (length > 0 && littleEndian[length - 1] < 0 ? -1 : 0);
        BigInteger value = new BigInteger(bigEndian);
        if (value.bitLength() >= Long.SIZE) {
            throw problem("has a number of more than 64 bits");
        }
        return value.longValue();
    }

    private Object top() {
        int least = marks.isEmpty() ? 0 : marks.getLast();
        if (stack.size() <= least) {
            throw problem("takes a value that is not there");
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
            throw problem("needs a stack of more than " + MOST_ON_STACK + " values");
        }
        stack.add(value);
    }

    private void mark() {
        if (marks.size() == MOST_ON_STACK) {
            throw problem("is nested more than " + MOST_ON_STACK + " deep");
        }
        marks.add(stack.size());
    }

    private List<Object> popToMark() {
        if (marks.isEmpty()) {
            throw problem("takes a value that is not there");
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
            throw problem("recalls a value that it never stored");
        }
        return value;
    }

    private void put(Map<Object, Object> into, List<Object> entries) {
        if (entries.size() % 2 != 0) {
            throw problem("has a key without a value");
        }
        for (int i = 0; i < entries.size(); i += 2) {
            Object key = entries.get(i);
            if (!(key instanceof String || key instanceof Long)) {
                throw problem("has a key that is neither text nor a number");
            }
            into.put(key, entries.get(i + 1));
        }
    }

    private String string(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw problem("has something else where it needs text");
    }

    private List<?> tuple(Object value) {
        if (value instanceof List<?> tuple) {
            return tuple;
        }
        throw problem("has something else where it needs a tuple");
    }

    /** A tuple is no list: it cannot grow. */
    @SuppressWarnings("unchecked")
    private List<Object> list(Object value) {
        if (value instanceof ArrayList<?> list) {
            return (List<Object>) list;
        }
        throw problem("has something else where it needs a list");
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> dictionary(Object value) {
        if (value instanceof Map<?, ?> map) {
            return (Map<Object, Object>) map;
        }
        throw problem("has something else where it needs a dictionary");
    }

    private CheckpointException problem(String what) {
        return new CheckpointException(file, "has a pickle that " + what + ". " + Remedy.REPLACE_TORCH);
    }
}
