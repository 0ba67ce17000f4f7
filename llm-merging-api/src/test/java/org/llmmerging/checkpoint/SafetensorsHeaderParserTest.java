package org.llmmerging.checkpoint;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.checkpoint.SafetensorsBytes.entry;

class SafetensorsHeaderParserTest {
    private static final String GOOD = "{" + entry("w", "F32", "[2]", 0, 8) + "}";

    static Stream<Arguments> badHeaders() {
        return Stream.of(
                Arguments.of("not a JSON object", "[1]", 0),
                Arguments.of("not a JSON object", "   ", 0),
                Arguments.of("not a JSON object", "", 0),
                Arguments.of("not valid JSON", "nonsense", 0),
                Arguments.of("not valid JSON", "{\"a\":", 0),
                Arguments.of("not valid JSON", "{\"w\":{\"shape\":[1", 0),
                Arguments.of("not valid JSON", "\uFEFF" + GOOD, 8),
                Arguments.of("not valid JSON", GOOD + "\0", 8),
                Arguments.of("not valid JSON", "{\"a\":{\"x\":" + "[".repeat(5000) + "]".repeat(5000) + "}}", 0),
                Arguments.of("goes on after", GOOD + "{}", 8),
                Arguments.of("\"w\" twice", "{" + entry("w", "F32", "[1]", 0, 4) + ","
                        + entry("w", "F32", "[1]", 4, 8) + "}", 8),
                Arguments.of("overlaps", "{" + entry("a", "F32", "[2]", 0, 8) + ","
                        + entry("b", "F32", "[2]", 4, 12) + "}", 12),
                Arguments.of("leaves a hole", "{" + entry("a", "U8", "[4]", 0, 4) + ","
                        + entry("b", "U8", "[4]", 5, 9) + "}", 9),
                Arguments.of("leaves a hole", "{" + entry("a", "U8", "[4]", 1, 5) + "}", 5),
                Arguments.of("leaves a hole", "{" + entry("a", "U8", "[0]", 7, 7) + "}", 7),
                Arguments.of("1 bytes after its last tensor", GOOD, 9),
                Arguments.of("cut short: its header describes 8 bytes of data and 7 are there", GOOD, 7),
                Arguments.of("before it begins", "{" + entry("w", "F32", "[2]", 8, 0) + "}", 8),
                Arguments.of("F32 of shape [3] needs 12", "{" + entry("w", "F32", "[3]", 0, 8) + "}", 8),
                Arguments.of("exceeds 64 bits",
                        "{" + entry("w", "U8", "[2,18446744073709551614]", 0, 8) + "}", 8),
                Arguments.of("exceeds 64 bits", "{" + entry("w", "U8", "[2,9223372036854775807]", 0, 8) + "}", 8),
                Arguments.of("exceeds 64 bits", "{" + entry("w", "F64", "[4611686018427387904]", 0, 8) + "}", 8),
                Arguments.of("\"-8\" in its data_offsets", "{" + entry("w", "F32", "[2]", -8, 0) + "}", 8),
                Arguments.of("\"-0\" in its data_offsets", "{" + entry("w", "F32", "[2]", "-0", 8) + "}", 8),
                Arguments.of("\"8.0\" in its data_offsets", "{" + entry("w", "F32", "[2]", 0, "8.0") + "}", 8),
                Arguments.of("\"8e0\" in its data_offsets", "{" + entry("w", "F32", "[2]", 0, "8e0") + "}", 8),
                Arguments.of("exceeds 64 bits", "{" + entry("w", "F32", "[2]", 0, "9".repeat(40)) + "}", 8),
                Arguments.of("\"-1\" in its shape", "{" + entry("w", "F32", "[-1]", 0, 8) + "}", 8),
                Arguments.of("\"null\" in its shape", "{" + entry("w", "F32", "[null]", 0, 8) + "}", 8),
                Arguments.of("more than 64 numbers in its shape", "{"
                        + entry("w", "F32", "[1" + ",1".repeat(99) + "]", 0, 4) + "}", 4),
                Arguments.of("more than 2 numbers in its data_offsets",
                        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}", 8),
                Arguments.of("needs dtype, shape and two data_offsets",
                        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", 8),
                Arguments.of("needs dtype, shape and two data_offsets",
                        "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8),
                Arguments.of("has dtype twice",
                        "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8),
                Arguments.of("\"f32\", which is none of", "{" + entry("w", "f32", "[2]", 0, 8) + "}", 8),
                Arguments.of(". Convert it to one of these, or",
                        "{" + entry("w", "C64", "[1]", 0, 8) + "}", 8),
                Arguments.of("\"F4\", which is none of", "{" + entry("w", "F4", "[2]", 0, 8) + "}", 8),
                Arguments.of("not described by an object", "{\"w\":[]}", 0),
                Arguments.of("a shape that is no list",
                        "{\"w\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", 8),
                Arguments.of("__metadata__ has a value that is no string", "{\"__metadata__\":{\"a\":1}}", 0),
                Arguments.of("__metadata__ has a value that is no string", "{\"__metadata__\":{\"a\":null}}", 0),
                Arguments.of("__metadata__ is not an object", "{\"__metadata__\":[]}", 0),
                Arguments.of("__metadata__ twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0),
                Arguments.of("\"a\" twice", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0),
                Arguments.of("control character", "{" + entry("w\\u0000x", "F32", "[2]", 0, 8) + "}", 8),
                Arguments.of("control character", "{" + entry("w\\ud800", "F32", "[2]", 0, 8) + "}", 8),
                Arguments.of("looks like a path", "{" + entry("../w", "F32", "[2]", 0, 8) + "}", 8),
                Arguments.of("1048576 characters", "{" + entry("n".repeat(1 << 20), "F32", "[2]", 0, 8) + "}", 8));
    }

    @ParameterizedTest(name = "{0} [{index}]")
    @MethodSource("badHeaders")
    void refusesAHeaderThatBreaksTheFormat(String expected, String header, int dataBytes) {
        Path file = Path.of("model.safetensors");
        SafetensorsHeaderParser parser = new SafetensorsHeaderParser(file, dataBytes);
        CheckpointException problem = assertThrows(
                CheckpointException.class, () -> parser.parse(header.getBytes(StandardCharsets.UTF_8)));
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(file + ": ") && message.contains(expected), message);
        assertTrue(message.length() < 1000, "the message stays short: " + message.length());
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
    }
}
