package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** What {@code re.match(rf"(.*\.)?({key})$", module)} says in Python. */
class ModulePatternTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "up, a.up, true", "up, a.xup, false", "\"[0-9]+\\.(up|down)\", a.12.down, true",
                // Groups with names, also such as Java does not allow, and references by number.
                "(?P<layer_id>[0-9]+)\\.up, a.7.up, true", "(?P<n>u)\\3p, a.uup, true", "\\(?P<n>, a.P<n>, true",
                // In a set, brackets and ampersands are characters.
                "[[u]p, a.[p, true", "[a-z&&[up]]p, a.up, false", "[a-z&&[up]]p, a.&]p, true", "[]u]p, a.]p, true",
                "[^]u]p, a.up, false", "[\\]u]p, a.up, true",
                // Digits and letters of every script.
                "layer\\w, layer\u00e9, true", "up\\d, up\u0663, true",
                // Characters by their octal numbers, where they are no numbers of groups.
                "\\165p, a.up, true", "\\1655, a.u5, true", "[\\165]p, a.up, true", "[\\1-\\177]p, a.up, true",
                "[\\08]p, a.8p, true", "\\0165, a.u, false", "(u)\\3, a.uu, true",
                "up\\Z, a.up, true", "(?i:UP), a.up, true", "(?>up), a.up, true", "u++p, a.uup, true",
            })
    void matchesAsInPython(String key, String module, boolean expected) {
        assertEquals(expected, new ModulePattern(Path.of("adapter_config.json"), key).matches(module));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(?P<n>u)(?P=n)", "\\400", "[\\777]"})
    void refusesWhatJavaCannotFollowOrPythonRefuses(String key) {
        assertThrows(PatternSyntaxException.class, () -> new ModulePattern(Path.of("x"), key));
    }
}
