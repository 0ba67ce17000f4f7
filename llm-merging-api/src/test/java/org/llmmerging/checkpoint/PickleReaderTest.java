package org.llmmerging.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** With what a checkpoint's pickle may refer to. */
@Timeout(60)
class PickleReaderTest {
    private static final Path FILE = Path.of("x.bin");

    private static Object read(PickleBytes pickle) {
        return new PickleReader(new PickleInput(FILE, MemorySegment.ofArray(pickle.end())), new TorchObjects(FILE))
                .readAll();
    }

    private static String refusal(PickleBytes pickle) {
        CheckpointException problem = assertThrows(CheckpointException.class, () -> read(pickle));
        String message = String.valueOf(problem.getMessage());
        assertTrue(message.startsWith(FILE + ": has a pickle that "), message);
        return message;
    }

    private static void assertRefused(String expected, PickleBytes pickle) {
        String message = refusal(pickle);
        assertTrue(message.contains(expected), message);
    }

    @Test
    void readsPlainData() {
        assertEquals(-3L, read(new PickleBytes().raw('J', 0xfd, 0xff, 0xff, 0xff)));
        assertEquals(200L, read(new PickleBytes().raw('K', 200)));
        assertEquals(65535L, read(new PickleBytes().raw('M', 0xff, 0xff)));
        assertEquals(-1L, read(new PickleBytes().raw(0x8a, 1, 0xff)));
        assertEquals(0L, read(new PickleBytes().raw(0x8a, 0)));
        assertEquals(1L << 40, read(new PickleBytes().integer(1L << 40)));
        assertEquals(1.5, read(new PickleBytes().raw('G', 0x3f, 0xf8, 0, 0, 0, 0, 0, 0)));
        assertEquals("ä", read(new PickleBytes().text("ä")));
        assertEquals(List.of(true, false), read(new PickleBytes().raw(0x88, 0x89, 0x86)));
        assertEquals(List.of(1L, 2L), read(new PickleBytes().raw(']', '(').integer(1).integer(2).raw('e')));
        assertEquals(List.of(List.of()), read(new PickleBytes().raw(']', 'q', 5, '0', 'h', 5, ')', 'a')));
        assertEquals(Map.of("a", 1L), read(new PickleBytes().raw('(').text("a").integer(1).raw('d')));
        assertEquals(Map.of("a", 1L), read(new PickleBytes().global("collections", "OrderedDict").raw(')', 'R', '(')
                .text("a").integer(1).raw('u', '}', 'b')));
    }

    @ParameterizedTest
    @CsvSource({"os,system", "builtins,eval", "functools,partial", "torch,load", "torch.nn.modules.linear,Linear"})
    void runsNothing(String module, String name) {
        String expected = "asks for \"" + module + "." + name
                + "\", which is no part of a file of weights: nothing of it";
        PickleBytes global = new PickleBytes().global(module, name).raw('(').text("touch x").raw('t', 'R');
        assertRefused(expected, global);
        PickleBytes stackGlobal = new PickleBytes().text(module).text(name).raw(0x93).raw(')', 'R');
        assertRefused(expected, stackGlobal);
    }

    @Test
    void knowsOnlyTheInstructionsOfPlainData() {
        int refused = 0;
        for (int instruction = 0; instruction < 256; instruction++) {
            try {
                read(new PickleBytes().raw('N', instruction));
            } catch (CheckpointException problem) {
                String message = String.valueOf(problem.getMessage());
                refused += message.contains("has the instruction 0x%02x".formatted(instruction)) ? 1 : 0;
            }
        }
        // 256 less the 42 that are known.
        assertEquals(214, refused);
    }

    @Test
    void refusesPicklesThatGoWrong() {
        assertRefused("takes a value that is not there", new PickleBytes());
        assertRefused("takes a value that is not there", new PickleBytes().raw('(', 'a'));
        assertRefused("takes a value that is not there", new PickleBytes().raw('t'));
        assertRefused("more than one value", new PickleBytes().raw('N', 'N'));
        assertRefused("goes on after its end", new PickleBytes().raw('}', '.', '}'));
        assertRefused("ends early", new PickleBytes().raw('X', 9, 0, 0));
        assertRefused("ends early", new PickleBytes().raw('X', 0xff, 0xff, 0xff, 0xff));
        assertRefused("of protocol 6", new PickleBytes().raw(0x80, 6));
        assertRefused("that is not UTF-8", new PickleBytes().raw('U', 1, 0xff));
        assertRefused("more than 64 bits", new PickleBytes().raw(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1));
        assertRefused("where it needs a list", new PickleBytes().raw(')', 'N', 'a'));
        assertRefused("where it needs a dictionary", new PickleBytes().raw(']', 'N', 'N', 's'));
        assertRefused("a key that is neither text nor a number",
                new PickleBytes().raw('}', '}', 'N', 's'));
        assertRefused("a key without a value", new PickleBytes().raw('}', '(', 'N', 'u'));
        assertRefused("recalls a value that it never stored", new PickleBytes().raw('h', 3));
        assertRefused("calls what is no function", new PickleBytes().raw('N', ')', 'R'));
        assertRefused("of the wrong parts",
                new PickleBytes().global("torch._utils", "_rebuild_tensor_v2").raw(')', 'R'));
        assertRefused("refers to something outside", new PickleBytes().raw('N', 'Q'));
    }

    @Test
    void boundsWhatAPickleCanTake() {
        byte[] many = new byte[1_000_000];
        Arrays.fill(many, (byte) '(');
        assertRefused("nested more than", new PickleBytes().append(many));
        Arrays.fill(many, (byte) ']');
        assertRefused("a stack of more than", new PickleBytes().append(many));
        PickleBytes growing = new PickleBytes().raw(']');
        for (int i = 0; i < 5; i++) {
            Arrays.fill(many, (byte) '}');
            for (int at = 1; at < many.length; at += 2) {
                many[at] = 'a';
            }
            growing.append(many);
        }
        assertRefused("more than 4194304 instructions", growing);
        // Each list holds the one before it twice.
        PickleBytes doubling = new PickleBytes().raw(']', 'q', 0);
        for (int i = 0; i < 100; i++) {
            doubling.raw('0', ']', '(', 'h', 0, 'h', 0, 'e', 'q', 0);
        }
        read(doubling);
        PickleBytes itself = new PickleBytes().raw('}', 'q', 0).text("itself").raw('h', 0, 's');
        read(itself);
    }
}
