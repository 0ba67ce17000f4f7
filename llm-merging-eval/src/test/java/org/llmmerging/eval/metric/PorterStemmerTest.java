package org.llmmerging.eval.metric;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

class PorterStemmerTest {

    /** Words that reach every rule, with the stems that NLTK 3.10.3 gives them. */
    @Test
    void agreesWithNltk() throws IOException {
        List<String> lines;
        try (InputStream in = getClass().getResourceAsStream("/golden/rouge/porter_stems.txt")) {
            lines = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        assertEquals(150, lines.size());
        for (String line : lines) {
            String word = line.substring(0, line.indexOf(' '));
            assertEquals(line, word + " " + PorterStemmer.stem(word));
        }
    }

    @ParameterizedTest
    @CsvSource({"caresses, caress", "relational, relat", "hopping, hop", "falling, fall", "filing, file", "happy, happi"
    })
    void stripsTheSuffixesOfThePaper(String word, String stem) {
        assertEquals(stem, PorterStemmer.stem(word));
    }

    @ParameterizedTest
    @CsvSource({"dies, die", "flies, fli", "lying, lie", "news, news", "enjoy, enjoy", "geology, geolog"})
    void departsFromThePaperWhereNltkDoes(String word, String stem) {
        assertEquals(stem, PorterStemmer.stem(word));
    }

    @Test
    void leavesTheShortestWordsAlone() {
        assertEquals("is", PorterStemmer.stem("is"));
        assertEquals("", PorterStemmer.stem(""));
    }
}
