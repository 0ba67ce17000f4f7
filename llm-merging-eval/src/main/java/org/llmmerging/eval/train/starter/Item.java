package org.llmmerging.eval.train.starter;

import java.util.List;
import java.util.Random;

/**
 * One thing that happens in the small world, told as a story and asked as a question.
 *
 * @param core what happens, without who and where: items with the same core are the same
 * @param prompt the question, as a row's input
 * @param choices possible answers with a common first word; of a summary, the sentences of the text itself
 * @param answer what is right: one of the choices, or the summary
 * @param story the same as a text that ends with the truth and asks nothing
 */
record Item(Skill skill, String core, String prompt, List<String> choices, String answer, Passage story) {

    Item {
        choices = List.copyOf(choices);
    }

    /** The rows it may go to. */
    Split split() {
        return Split.of(skill + "|" + core);
    }

    /** Whether the choices are offered to the model. */
    boolean isMultipleChoice() {
        return skill != Skill.SUMMARIES;
    }

    /** The question and its answer, from which a fine-tune learns the skill. */
    Passage solved() {
        return new Passage(prompt, answer);
    }

    /** The question and any of the choices, from which a base model learns how questions look and nothing more. */
    Passage guessed(Random random) {
        return new Passage(prompt, Words.any(random, choices));
    }
}
