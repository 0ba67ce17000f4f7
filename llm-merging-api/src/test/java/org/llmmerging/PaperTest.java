package org.llmmerging;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class PaperTest {
    @Test
    void arxivNumbersHaveAnAddress() {
        assertEquals("https://arxiv.org/abs/2306.01708", Paper.arxiv("TIES-Merging", "2306.01708").address());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two\nlines", "a [link](x)"})
    void aTitleIsOneLineOfText(String title) {
        assertThrows(IllegalArgumentException.class, () -> new Paper(title, "https://example.com"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "2306.01708", "ftp://example.com", "https://example.com/a b", "https://example.com/(a)"})
    void anAddressCanBeLinkedTo(String address) {
        assertThrows(IllegalArgumentException.class, () -> new Paper("A title", address));
    }
}
