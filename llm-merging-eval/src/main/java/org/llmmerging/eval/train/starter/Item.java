package org.llmmerging.eval.train.starter;

import java.util.List;
import java.util.Random;

/**
 * One thing that happens in the small world, told as a story and asked as a question.
 *
 * @param core what happens, without who and where: items with the same core are the same
 * @param prompt the question, as a row's input
 * @param choices four possible answers with a common first word; none where text is to be written
 * @param answer what is right: one of the choices, or the summary
 * @param guesses what someone might answer who understands nothing: the right answer is none of them or one of many
 * @param story the same as a text that ends with the truth and asks nothing
 */
record Item(
        Skill skill,
        String core,
        String prompt,
        List<String> choices,
        String answer,
        List<String> guesses,
        Passage story) {

    Item {
        choices = List.copyOf(choices);
        guesses = List.copyOf(guesses);
    }

    /** The rows it may go to. */
    Split split() {
        return Split.of(skill + "|" + core);
    }

    /** Whether an answer is chosen; otherwise text is to be written. */
    boolean isMultipleChoice() {
        return !choices.isEmpty();
    }

    /** What a data set's row has as its target: the index of the right choice, or the summary. */
    String target() {
        return isMultipleChoice() ? Integer.toString(choices.indexOf(answer)) : answer;
    }

    /** The question and its answer, from which a fine-tune learns the skill. */
    Passage solved() {
        return new Passage(prompt, answer);
    }

    /** The question and a guess, from which a base model learns how questions look and nothing more. */
    Passage guessed(Random random) {
        return new Passage(prompt, Words.any(random, guesses));
    }
}
