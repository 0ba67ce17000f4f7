package org.llmmerging.eval.train.starter;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a family's tokenizer cuts text into words before pairs are merged, and which special tokens it has. */
enum TokenizerKind {
    /** As SentencePiece: a word begins with the space before it, and what has no token is written as bytes. */
    LLAMA("LlamaTokenizer", List.of("<pad>", "<s>", "</s>"), List.of("pad_token", "bos_token", "eos_token"), "<s>", ""),
    /** As GPT-2: text is turned into bytes first. The template alone decides, and it always puts the begin of text. */
    LLAMA3(
            "PreTrainedTokenizerFast",
            List.of("<|finetune_right_pad_id|>", "<|begin_of_text|>", "<|end_of_text|>"),
            List.of("pad_token", "bos_token", "eos_token"),
            "<|begin_of_text|>",
            ""),
    /** As T5: the end of text is always added. */
    T5(
            "PreTrainedTokenizerFast",
            List.of("<pad>", "</s>", "<unk>"),
            List.of("pad_token", "eos_token", "unk_token"),
            "",
            "</s>");

    /** What stands for a space at the beginning of a word. */
    static final String SPACE = "\u2581";

    private static final Pattern PIECES = Pattern.compile(SPACE + "?(?:\\p{L}+|\\p{N}+)|[^\\p{L}\\p{N}]");
    /** The words of GPT-2's pre-tokenizer. */
    private static final Pattern BYTE_PIECES = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    private final String className;
    private final List<String> specialTokens;
    private final List<String> roles;
    private final String beginsWith;
    private final String endsWith;

    TokenizerKind(
            String className, List<String> specialTokens, List<String> roles, String beginsWith, String endsWith) {
        this.className = className;
        this.specialTokens = specialTokens;
        this.roles = roles;
        this.beginsWith = beginsWith;
        this.endsWith = endsWith;
    }

    /** The tokenizer class of transformers, which decides how special tokens are added. */
    String className() {
        return className;
    }

    /** Tokens 0, 1 and 2. */
    List<String> specialTokens() {
        return specialTokens;
    }

    /** What {@code tokenizer_config.json} calls each of them. */
    List<String> roles() {
        return roles;
    }

    /** The special token that the template puts before a text, or empty. */
    String beginsWith() {
        return beginsWith;
    }

    /** The special token that the template puts after a text, or empty. */
    String endsWith() {
        return endsWith;
    }

    /** Whether text is turned into bytes, one printable character each, before pairs are merged. */
    boolean isByteLevel() {
        return this == LLAMA3;
    }

    /** The symbols that merging starts from, each a token: enough for any text. */
    List<String> alphabet() {
        List<String> symbols = new ArrayList<>();
        if (isByteLevel()) {
            int replacement = 256;
            for (int value = 0; value < 256; value++) {
                symbols.add(Character.toString(isPrintable(value) ? value : replacement++));
            }
            return symbols;
        }
        for (int value = 0; value < 256; value++) {
            symbols.add("<0x%02X>".formatted(value));
        }
        symbols.add(SPACE);
        for (char character = '!'; character <= '~'; character++) {
            symbols.add(Character.toString(character));
        }
        return symbols;
    }

    private String byteSymbols(String word) {
        List<String> symbols = alphabet();
        StringBuilder written = new StringBuilder();
        for (byte value : word.getBytes(StandardCharsets.UTF_8)) {
            written.append(symbols.get(value & 0xFF));
        }
        return written.toString();
    }

    /** Whether GPT-2's encoding writes a byte as the Latin-1 character of that number. */
    private static boolean isPrintable(int value) {
        return value >= '!' && value <= '~' || value >= 0xA1 && value <= 0xFF && value != 0xAD;
    }

    /** How often each word, as merging sees it, occurs in texts. */
    Map<String, Integer> counts(List<String> texts) {
        Pattern pattern = isByteLevel() ? BYTE_PIECES : PIECES;
        Map<String, Integer> counts = new HashMap<>();
        for (String text : texts) {
            Matcher matcher = pattern.matcher(isByteLevel() ? text : SPACE + text.replace(" ", SPACE));
            while (matcher.find()) {
                counts.merge(matcher.group(), 1, Integer::sum);
            }
        }
        if (!isByteLevel()) {
            return counts;
        }
        Map<String, Integer> ofBytes = new HashMap<>();
        counts.forEach((word, count) -> ofBytes.put(byteSymbols(word), count));
        return ofBytes;
    }
}
