package org.llmmerging.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.Quoting;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * Reads the JSON header of a safetensors file, one token at a time, and holds it to the format's rules: every tensor
 * has a known type, a shape and a range of that size; names are unique; ranges cover the data without gap or overlap.
 */
final class SafetensorsHeaderParser {
    private static final String METADATA = "__metadata__";
    // What NumPy and PyTorch support.
    private static final int MAX_RANK = 64;
    private static final Map<String, DType> TYPES = typesByName();

    private final Path file;
    private final long dataBytes;
    private final TreeMap<String, TensorInfo> tensors = new TreeMap<>();
    private final Map<String, Long> begins = new HashMap<>();
    private boolean hasMetadata;

    /**
     * @param file for messages
     * @param dataBytes what follows the header in the file
     */
    SafetensorsHeaderParser(Path file, long dataBytes) {
        this.file = file;
        this.dataBytes = dataBytes;
    }

    /** @throws CheckpointException for the first rule that the header breaks */
    SafetensorsHeader parse(byte[] header) {
        try (JsonParser json = StrictJson.parser(header)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw problem("header is not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals(METADATA)) {
                    checkMetadata(json);
                } else {
                    readTensor(name, json);
                }
            }
            if (json.nextToken() != null) {
                throw problem("header goes on after its JSON object");
            }
        } catch (IOException e) {
            throw new CheckpointException(file, "header " + StrictJson.reason(e) + ". " + Remedy.REPLACE, e);
        }
        new SafetensorsRanges(file, tensors.values(), begins).check(dataBytes);
        return new SafetensorsHeader(Collections.unmodifiableSortedMap(tensors), begins);
    }

    private void checkMetadata(JsonParser json) throws IOException {
        if (hasMetadata) {
            throw problem("header has " + METADATA + " twice");
        }
        if (!json.hasToken(JsonToken.START_OBJECT)) {
            throw problem("header's " + METADATA + " is not an object");
        }
        hasMetadata = true;
        Set<String> keys = new HashSet<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            if (json.nextToken() != JsonToken.VALUE_STRING) {
                throw problem("header's " + METADATA + " has a value that is no string, at " + Quoting.quoted(key));
            }
            if (!keys.add(key)) {
                throw problem("header's " + METADATA + " has the key " + Quoting.quoted(key) + " twice");
            }
        }
    }

    private void readTensor(String name, JsonParser json) throws IOException {
        TensorNameRules.check(file, name, Remedy.REPLACE);
        if (!json.hasToken(JsonToken.START_OBJECT)) {
            throw problem(name, "is not described by an object");
        }
        DType dtype = null;
        Shape shape = null;
        long[] range = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            switch (key) {
                case "dtype" -> dtype = once(name, key, dtype, type(name, json));
                case "shape" -> shape = once(name, key, shape, shape(name, numbers(name, key, json, MAX_RANK)));
                case "data_offsets" -> range = once(name, key, range, numbers(name, key, json, 2));
                default -> json.skipChildren();
            }
        }
        if (dtype == null || shape == null || range == null || range.length != 2) {
            throw problem(name, "needs dtype, shape and two data_offsets");
        }
        add(name, dtype, shape, range);
    }

    private void add(String name, DType dtype, Shape shape, long[] range) {
        if (range[1] < range[0]) {
            throw problem(name, "ends at " + range[1] + ", before it begins at " + range[0]);
        }
        TensorInfo info = new TensorInfo(name, dtype, shape);
        long needed = size(info);
        if (range[1] - range[0] != needed) {
            throw problem(name, "occupies %d bytes, but %s of shape %s needs %d".formatted(
                    range[1] - range[0], dtype, shape, needed));
        }
        if (tensors.put(name, info) != null) {
            throw problem("header has the tensor " + Quoting.quoted(name) + " twice");
        }
        begins.put(name, range[0]);
    }

    private long size(TensorInfo info) {
        try {
            return info.bytes();
        } catch (ArithmeticException e) {
            throw problem(info.name(), "has a shape whose size exceeds 64 bits: " + info.shape());
        }
    }

    private DType type(String name, JsonParser json) throws IOException {
        String text = json.hasToken(JsonToken.VALUE_STRING) ? json.getText() : "";
        DType type = TYPES.get(text);
        if (type == null) {
            throw new CheckpointException(file, "tensor " + Quoting.quoted(name) + " has dtype " + Quoting.quoted(text)
                    + ", which is none of " + String.join(", ", TYPES.keySet())
                    + ". Convert it to one of these, or download the file again if it is damaged");
        }
        return type;
    }

    private Shape shape(String name, long[] dimensions) {
        try {
            return Shape.of(dimensions);
        } catch (ArithmeticException e) {
            throw problem(name, "has a shape whose size exceeds 64 bits");
        }
    }

    private long[] numbers(String name, String key, JsonParser json, int most) throws IOException {
        if (!json.hasToken(JsonToken.START_ARRAY)) {
            throw problem(name, "has a " + key + " that is no list");
        }
        long[] numbers = new long[most];
        int count = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (!json.hasToken(JsonToken.VALUE_NUMBER_INT) || json.getText().startsWith("-")) {
                throw problem(name, "has " + Quoting.quoted(json.getText()) + " in its " + key
                        + ", expected whole numbers from 0");
            }
            if (count == most) {
                throw problem(name, "has more than " + most + " numbers in its " + key);
            }
            numbers[count++] = number(name, key, json);
        }
        return Arrays.copyOf(numbers, count);
    }

    private long number(String name, String key, JsonParser json) throws IOException {
        try {
            return json.getLongValue();
        } catch (InputCoercionException e) {
            throw problem(name, "has " + Quoting.quoted(json.getText()) + " in its " + key
                    + ", whose size exceeds 64 bits");
        }
    }

    private <T> T once(String name, String key, @Nullable T before, T now) {
        if (before != null) {
            throw problem(name, "has " + key + " twice");
        }
        return now;
    }

    private CheckpointException problem(String name, String what) {
        return problem("tensor " + Quoting.quoted(name) + " " + what);
    }

    private CheckpointException problem(String what) {
        return new CheckpointException(file, what + ". " + Remedy.REPLACE);
    }

    private static Map<String, DType> typesByName() {
        Map<String, DType> types = new TreeMap<>();
        for (DType type : DType.values()) {
            types.put(type.name(), type);
        }
        return types;
    }
}
