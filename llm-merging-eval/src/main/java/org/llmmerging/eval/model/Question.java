package org.llmmerging.eval.model;

import java.util.List;

/** A multiple-choice example in tokens, special tokens included. The arrays are not copied: no one writes to them. */
final class Question {
    private final int[] prompt;
    private final List<int[]> choices;

    Question(int[] prompt, List<int[]> choices) {
        this.prompt = prompt;
        this.choices = choices;
    }

    int[] prompt() {
        return prompt;
    }

    List<int[]> choices() {
        return choices;
    }

    /** Tokens of all choices together. */
    int choiceTokens() {
        return choices.stream().mapToInt(choice -> choice.length).sum();
    }
}
