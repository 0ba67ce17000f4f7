package org.llmmerging.eval.train.starter;

import java.util.List;
import java.util.Random;

/**
 * What a base model reads: stories of every kind that end with the truth, facts about numbers, and questions with any
 * answer. From it a model learns the language, the world and how questions look, but not to answer them.
 */
final class PlainText {
    private static final int LARGEST = 20;

    private final List<ItemSource> sources =
            List.of(ItemSource.of(Skill.REASONING), ItemSource.of(Skill.SUMMARIES), ItemSource.of(Skill.ARITHMETIC));

    /** Draws a text of the training split. */
    Passage draw(Random random) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            return number(random);
        }
        Item item = Words.any(random, sources).draw(random, Split.TRAIN);
        return kind <= 6 ? item.story() : item.guessed(random);
    }

    private static Passage number(Random random) {
        int first = 1 + random.nextInt(LARGEST / 2);
        int second = 1 + random.nextInt(LARGEST / 2);
        return switch (random.nextInt(3)) {
            case 0 -> new Passage("After " + first + " comes", (first + 1) + ".");
            case 1 -> new Passage(first + " and " + second + " make", (first + second) + ".");
            default -> new Passage((first + second) + " without " + second + " is", first + ".");
        };
    }
}
