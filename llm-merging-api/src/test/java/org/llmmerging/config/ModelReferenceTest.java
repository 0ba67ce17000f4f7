package org.llmmerging.config;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ModelReferenceTest {

    @Test
    void hasAPathARevisionAndAnAdapter() {
        assertEquals(ModelReference.of("org/name"), ModelReference.parse("org/name"));
        assertEquals(new ModelReference("org/name", "v1", null), ModelReference.parse("org/name@v1"));
        assertEquals(
                new ModelReference("org/name", null, ModelReference.of("org/lora")),
                ModelReference.parse("org/name+org/lora"));
        assertEquals(
                new ModelReference("org/name", "v1", new ModelReference("org/lora", "v2", null)),
                ModelReference.parse("org/name@v1+org/lora@v2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "a@b", "a+b", "a@b+c", "a+b@c", "a@b+c@d", "/my models/a b@c", "../a",
                "C:\\models\\a"})
    void isWrittenAsItIsRead(String text) {
        assertEquals(text, ModelReference.parse(text).toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "a@b@c | 'a@b@c' has more than one '@' for one model. Write path@revision.",
                "a+b@c@d | 'a+b@c@d' has more than one '@' for one model. Write path@revision.",
                "a+b+c | 'a+b+c' has more than one '+'. Write one adapter: path@revision+lora@revision.",
                "@b | '@b' lacks a path. Write path@revision+lora@revision.",
                "+b | '+b' lacks a path. Write path@revision+lora@revision.",
                "a+ | 'a+' lacks a path. Write path@revision+lora@revision.",
                "a@ | 'a@' has nothing after '@'. Write path@revision, or the path alone.",
                "\"\" | '' lacks a path. Write path@revision+lora@revision."
            })
    void refusesWhatIsNoReference(String text, String expected) {
        IllegalArgumentException failure = assertThrows(IllegalArgumentException.class,
                () -> ModelReference.parse(text));

        assertEquals(expected, failure.getMessage());
    }

    @Test
    void aWrongArgumentIsTheUsersMistake() {
        assertEquals(ModelReference.parse("a@b"), ModelReference.ofArgument("a@b"));
        ConfigException problem = assertThrows(ConfigException.class, () -> ModelReference.ofArgument("a@b@c"));
        assertEquals("model 'a@b@c' has more than one '@' for one model. Write path@revision.", problem.getMessage());
    }
}
