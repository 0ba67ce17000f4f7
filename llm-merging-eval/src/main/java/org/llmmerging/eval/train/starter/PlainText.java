package org.llmmerging.eval.train.starter;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * What a base model reads: stories of every kind that end with the truth, facts about numbers, and questions with any
 * answer. From it a model learns the language, the world and how questions look, but not to answer them.
 */
final class PlainText {
    private static final int LARGEST = 20;

    /** Sums are short and take the longest to learn. */
    private static final List<Skill> SHARES = List.of(Skill.REASONING, Skill.SUMMARIES, Skill.ARITHMETIC,
            Skill.ARITHMETIC);

    private final Map<Skill, ItemSource> sources = new EnumMap<>(Skill.class);

    PlainText() {
        for (Skill skill : Skill.values()) {
            sources.put(skill, ItemSource.of(skill));
        }
    }

    /** Draws a text of the training split. */
    Passage draw(Random random) {
        int kind = random.nextInt(20);
        if (kind == 0) {
            return number(random);
        }
        ItemSource source = Objects.requireNonNull(sources.get(Words.any(random, SHARES)));
        Item item = source.draw(random, Split.TRAIN);
        return kind <= 13 ? item.story() : item.guessed(random);
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
