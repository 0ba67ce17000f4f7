package org.llmmerging.eval.model;

import java.util.List;

/**
 * A multiple-choice example in tokens.
 *
 * @param prompt with special tokens
 * @param choices each with special tokens
 */
record Question(int[] prompt, List<int[]> choices) {

    /** Tokens of all choices together. */
    int choiceTokens() {
        return choices.stream().mapToInt(choice -> choice.length).sum();
    }
}
