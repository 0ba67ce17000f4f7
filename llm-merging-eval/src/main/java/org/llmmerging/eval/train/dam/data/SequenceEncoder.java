package org.llmmerging.eval.train.dam.data;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.eval.tokenizer.KitTokenizer;

/**
 * Makes a model's tokens of text. With a chat template, prompt and answer are the turns of a chat. Without one, the
 * prompt's tokens are followed by the answer's, each with the special tokens that the evaluation gives them, so that
 * training sees what the evaluation asks.
 */
final class SequenceEncoder {
    private final KitTokenizer tokenizer;
    private final @Nullable ChatFormat chat;
    private final boolean encoderDecoder;
    private final int maxLength;
    private int cut;

    /**
     * @param tokenizer opened without a maximum length; stays the caller's
     * @param chat the model's chat template, or null
     */
    SequenceEncoder(KitTokenizer tokenizer, @Nullable ChatFormat chat, boolean encoderDecoder, int maxLength) {
        this.tokenizer = tokenizer;
        this.chat = chat;
        this.encoderDecoder = encoderDecoder;
        this.maxLength = maxLength;
    }

    DamSequence encode(TrainingExample example) {
        if (encoderDecoder) {
            int[] prompt = chat == null
                    ? tokenizer.encodePrompt(example.prompt())
                    : tokenizer.encodeRendered(chat.prompt(example));
            int[] input = cutKeepingEnd(prompt);
            int[] target = tokenizer.encodeTarget(example.answer());
            int[] labels = cutKeepingEnd(target);
            cut += input.length < prompt.length || labels.length < target.length ? 1 : 0;
            return new DamSequence(input, labels);
        }
        int[] tokens = tokens(example);
        cut += tokens.length > maxLength ? 1 : 0;
        return new DamSequence(Arrays.copyOf(tokens, Math.min(tokens.length, maxLength)), new int[0]);
    }

    private int[] tokens(TrainingExample example) {
        if (chat != null && !example.answer().isEmpty()) {
            return tokenizer.encodeRendered(chat.conversation(example));
        }
        int[] prompt = tokenizer.encodePrompt(example.prompt());
        if (example.answer().isEmpty()) {
            return prompt;
        }
        int[] answer = tokenizer.encodeTarget(example.answer());
        return IntStream.concat(IntStream.of(prompt), IntStream.of(answer)).toArray();
    }

    /** An encoder-decoder's sequences end in the token that says so, however many tokens are cut before it. */
    private int[] cutKeepingEnd(int[] tokens) {
        if (tokens.length <= maxLength) {
            return tokens;
        }
        int[] kept = Arrays.copyOf(tokens, maxLength);
        int last = tokens[tokens.length - 1];
        if (tokenizer.eosId().equals(OptionalInt.of(last))) {
            kept[maxLength - 1] = last;
        }
        return kept;
    }

    /** Number of examples of which something was cut. */
    int cutCount() {
        return cut;
    }
}
