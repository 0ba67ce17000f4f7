package org.llmmerging.config;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** What a message shows of a text stays readable, and on its line. */
class QuotingTest {

    @Test
    void showsEveryScriptAsItIs() {
        String text = "r\u00e9sum\u00e9 \ud83d\ude00 \ud842\udfb7\u91ce e\u0301";
        assertEquals(text, Quoting.shortened(text));
    }

    @Test
    void replacesWhatWouldEndTheLineOrReachTheTerminal() {
        assertEquals("a\\nb\\r\\u001b[2J\\u2028", Quoting.shortened("a\nb\r\u001b[2J\u2028"));
        assertEquals("\\ud83d!", Quoting.shortened("\ud83d!"));
    }

    @Test
    void cutsBetweenCharacters() {
        assertEquals("a".repeat(119) + "\u2026 (122 characters)", Quoting.shortened("a".repeat(119) + "\ud83d\ude00b"));
        assertEquals("a".repeat(118) + "\ud83d\ude00\u2026 (121 characters)",
                Quoting.shortened("a".repeat(118) + "\ud83d\ude00b"));
    }
}
