package org.llmmerging.eval.train.starter;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.llmmerging.eval.tokenizer.KitTokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StarterTokenizerTest {
    private static final int SIZE = 768;
    private static final long SEED = 5;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void anyTextIsReadBackAsItWas(TokenizerKind kind) {
        try (KitTokenizer tokenizer = trained(kind)) {
            for (String text : List.of(
                    "In Brook, Tom left the vase outside.\nWhat happened?",
                    "two  spaces",
                    "größer, 日本, 🙂",
                    "x = {1: 'a'}\t~")) {
                assertEquals(text, tokenizer.decode(tokenizer.encodeTarget(text)), kind + " " + text);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void wordsOfTheTextsAreFewTokens(TokenizerKind kind) {
        try (KitTokenizer tokenizer = trained(kind)) {
            String text = "In Brook, Tom has 14 apples.";
            int tokens = tokenizer.encodeTarget(text).length;
            assertTrue(tokens < text.length() * 2 / 3, kind + " makes " + tokens + " tokens");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSpecialTokensComeFirstAndAreWhatTheKitExpects(TokenizerKind kind) {
        try (KitTokenizer tokenizer = trained(kind)) {
            int[] prompt = tokenizer.encodePrompt("Tom");
            assertEquals(StarterTokenizer.PADDING, tokenizer.padId());
            if (kind == TokenizerKind.T5) {
                assertEquals(StarterTokenizer.ENCODER_END, prompt[prompt.length - 1]);
                assertEquals(StarterTokenizer.ENCODER_END, tokenizer.eosId().orElseThrow());
            } else {
                assertEquals(StarterTokenizer.DECODER_BEGIN, prompt[0]);
                assertEquals(StarterTokenizer.DECODER_END, tokenizer.eosId().orElseThrow());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theSameTextsGiveTheSameMerges(TokenizerKind kind) {
        assertEquals(StarterTokenizer.train(kind, SIZE, texts()), StarterTokenizer.train(kind, SIZE, texts()));
        assertEquals(SIZE, StarterTokenizer.train(kind, SIZE, texts()).size());
        try (KitTokenizer tokenizer = trained(kind)) {
            assertArrayEquals(tokenizer.encodePrompt("Mara"), tokenizer.encodePrompt("Mara"));
        }
    }

    private KitTokenizer trained(TokenizerKind kind) {
        StarterTokenizer.train(kind, SIZE, texts()).write(folder);
        return KitTokenizer.open(folder, null);
    }

    private static List<String> texts() {
        PlainText plain = new PlainText();
        Random random = new Random(SEED);
        return Stream.generate(() -> plain.draw(random))
                .limit(500)
                .map(passage -> passage.prompt() + " " + passage.continuation())
                .toList();
    }
}
