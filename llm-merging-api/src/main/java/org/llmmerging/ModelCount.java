package org.llmmerging;

/**
 * How many models a method merges, and what it takes the base model for.
 *
 * @param minimum smallest number of models, the base not counted unless it is {@link Base#MEMBER}
 * @param maximum largest number
 * @param base the part that {@code base_model} plays
 */
public record ModelCount(int minimum, int maximum, Base base) {

    /** @throws IllegalArgumentException when there is no such number */
    public ModelCount {
        if (minimum < 1 || maximum < minimum) {
            throw new IllegalArgumentException(
                    "no method merges " + minimum + " to " + maximum + " models");
        }
    }

    /** The part that {@code base_model} plays. */
    public enum Base {
        /** One of the models like any other: it is merged with them and needs the same parameters. */
        MEMBER,
        /** When given, the point that the other models are seen from. */
        OPTIONAL,
        /** The point that the other models are seen from; there must be one. */
        REQUIRED
    }

    /** Any number of models, from {@code minimum}. */
    public static ModelCount atLeast(int minimum, Base base) {
        return new ModelCount(minimum, Integer.MAX_VALUE, base);
    }

    /** That many models and no other number. */
    public static ModelCount exactly(int count, Base base) {
        return new ModelCount(count, count, base);
    }
}
