package org.llmmerging.eval.train.starter;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.llmmerging.eval.tokenizer.KitTokenizer;

/** A text in tokens, as the kit makes them of a prompt and of a target, with an end of text behind them. */
record TokenizedText(int[] prompt, int[] continuation) {

    static TokenizedText of(Passage passage, KitTokenizer tokenizer) {
        int[] continuation = tokenizer.encodeTarget(passage.continuation());
        int end = tokenizer.eosId().orElseThrow();
        if (continuation[continuation.length - 1] != end) {
            continuation = Arrays.copyOf(continuation, continuation.length + 1);
            continuation[continuation.length - 1] = end;
        }
        return new TokenizedText(tokenizer.encodePrompt(passage.prompt()), continuation);
    }

    /** Number of tokens. */
    int length() {
        return prompt.length + continuation.length;
    }

    /** One after the other. */
    int[] joined() {
        return IntStream.concat(Arrays.stream(prompt), Arrays.stream(continuation)).toArray();
    }
}
