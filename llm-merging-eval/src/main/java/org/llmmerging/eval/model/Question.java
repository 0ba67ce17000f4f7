package org.llmmerging.eval.model;

import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A multiple-choice example in tokens, special tokens included. Choices of the same tokens are scored once: they tie
 * exactly then, wherever rounding differs with what else is in the batch. The arrays are not copied: no one writes to
 * them.
 */
final class Question {
    private final int[] prompt;
    private final List<int[]> choices;
    private final int[] places;

    Question(int[] prompt, List<int[]> choices) {
        this.prompt = prompt;
        Map<IntBuffer, Integer> distinct = new LinkedHashMap<>();
        choices.forEach(choice -> distinct.putIfAbsent(IntBuffer.wrap(choice), distinct.size()));
        this.places = choices.stream().map(IntBuffer::wrap).mapToInt(distinct::get).toArray();
        this.choices = distinct.keySet().stream().map(IntBuffer::array).toList();
    }

    int[] prompt() {
        return prompt;
    }

    /** The choices, no two of the same tokens. */
    List<int[]> choices() {
        return choices;
    }

    /** Tokens of these choices together. */
    int choiceTokens() {
        return choices.stream().mapToInt(choice -> choice.length).sum();
    }

    /**
     * @param ofChoices something for each of {@link #choices()}
     * @return the same for each of those that the question was made with
     */
    <T> List<T> ofEach(List<T> ofChoices) {
        return Arrays.stream(places).mapToObj(ofChoices::get).toList();
    }
}
