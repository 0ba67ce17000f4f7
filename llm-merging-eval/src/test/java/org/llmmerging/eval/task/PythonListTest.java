package org.llmmerging.eval.task;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PythonListTest {

    @Test
    void readsBothKindsOfQuotes() {
        assertEquals(List.of("a", "it's", "say \"hi\""), PythonList.parse("['a', \"it's\", 'say \"hi\"']"));
    }

    @Test
    void readsTheEmptyListAndACommaAtTheEnd() {
        assertEquals(List.of(), PythonList.parse(" [ ] "));
        assertEquals(List.of("a"), PythonList.parse("['a', ]"));
        assertEquals(List.of("a", "b"), PythonList.parse("[\n 'a',\n 'b'\n]"));
    }

    /** Values printed by CPython for each literal. */
    @Test
    void readsEveryEscape() {
        assertEquals(List.of("\\ ' \""), PythonList.parse("['\\\\ \\' \\\"']"));
        assertEquals(List.of("\u0007\b\f\n\r\t\u000b"), PythonList.parse("['\\a\\b\\f\\n\\r\\t\\v']"));
        assertEquals(List.of("A2\0\u00018"), PythonList.parse("['\\1012\\0\\18']"));
        assertEquals(List.of("\u00e9 \u20ac \ud83d\ude00"), PythonList.parse("['\\xe9 \\u20ac \\U0001F600']"));
        assertEquals(List.of("\u00e9"), PythonList.parse("['\\N{LATIN SMALL LETTER E WITH ACUTE}']"));
        assertEquals(List.of("joined"), PythonList.parse("['joi\\\nned']"));
    }

    @Test
    void keepsABackslashThatStartsNoEscape() {
        assertEquals(List.of("\\d \\("), PythonList.parse("['\\d \\(']"));
    }

    @Test
    void keepsTextOfAnyScript() {
        assertEquals(List.of("한국어", "שלום", "😀"), PythonList.parse("['한국어', 'שלום', '😀']"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "A",
                "('a', 'b')",
                "{'a'}",
                "['a'",
                "['a",
                "['a' 'b']",
                "['a',, 'b']",
                "[,]",
                "[1, 2]",
                "[None]",
                "[['a']]",
                "['a'] + ['b']",
                "['a']]",
                "[r'a']",
                "['''a''']",
                "['a\nb']",
                "['\\x4']",
                "['\\u12']",
                "['\\U00110000']",
                "['\\N{NO SUCH NAME AT ALL}']",
                "['\\N']",
                "['\\ud800']",
                "['\\",
                "['\\x+1']"
            })
    void refusesWhatIsNoListOfStrings(String text) {
        assertThrows(IllegalArgumentException.class, () -> PythonList.parse(text));
    }

    /** Python knows these. */
    @ParameterizedTest
    @ValueSource(strings = {"LF", "CJK UNIFIED IDEOGRAPH-4E00", "HANGUL SYLLABLE GA"})
    void saysWhatToWriteForANameThatIsNotKnown(String name) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> PythonList.parse("['\\N{" + name + "}']"));
        assertEquals(
                "no character is known by the name " + name
                        + "; write the character itself, or \\u and its code (character 5)",
                e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', value = {"[1], `character 2`", "`['a' 'b']`, `character 6`", "['a, `character 4`"})
    void saysWhere(String text, String where) {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> PythonList.parse(text));
        assertTrue(String.valueOf(e.getMessage()).contains(where), e.getMessage());
    }

    @Test
    void takesTimeInProportionToTheText() {
        String element = "x".repeat(5_000_000);
        assertEquals(List.of(element, element), PythonList.parse("['" + element + "', '" + element + "']"));
    }

    @Test
    void readsBackWhateverPythonPrints() {
        long seed = 31337;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            List<String> expected = new ArrayList<>();
            List<String> printed = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                String element = randomText(random);
                expected.add(element);
                printed.add(repr(element));
            }
            String list = "[" + String.join(", ", printed) + "]";
            assertEquals(expected, PythonList.parse(list), "seed " + seed + ", round " + round + ": " + list);
        }
    }

    @Test
    void damagedListsAreReadOrRefusedAndNothingElse() {
        long seed = 4711;
        Random random = new Random(seed);
        int refused = 0;
        for (int round = 0; round < 2000; round++) {
            StringBuilder list = new StringBuilder("['a', \"b's\", '\\x41\\u00e9\\N{DIGIT ONE}\\07']");
            for (int i = random.nextInt(4); i >= 0; i--) {
                list.setCharAt(random.nextInt(list.length()), "[]'\",\\xuUN{}07f \n".charAt(random.nextInt(16)));
            }
            try {
                PythonList.parse(list.toString());
            } catch (IllegalArgumentException e) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + ", round " + round + ": " + list, e);
            }
        }
        assertTrue(refused > 500, "only " + refused + " were refused");
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.appendCodePoint(
                    switch (random.nextInt(4)) {
                        case 0 -> "'\"\\\n\r\t[],".codePointAt(random.nextInt(9));
                        case 1 -> random.nextInt(32);
                        case 2 -> 'a' + random.nextInt(26);
                        default -> 0x1F600 + random.nextInt(64);
                    });
        }
        return text.toString();
    }

    /** What CPython's {@code repr} of a string is: single quotes unless only they are inside. */
    private static String repr(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder literal = new StringBuilder().append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> literal.append("\\n");
                case '\r' -> literal.append("\\r");
                case '\t' -> literal.append("\\t");
                case '\\' -> literal.append("\\\\");
                default -> {
                    if (c == quote) {
                        literal.append('\\').append(quote);
                    } else if (c < 32) {
                        literal.append(String.format(Locale.ROOT, "\\x%02x", c));
                    } else {
                        literal.appendCodePoint(c);
                    }
                }
            }
        });
        return literal.append(quote).toString();
    }
}
