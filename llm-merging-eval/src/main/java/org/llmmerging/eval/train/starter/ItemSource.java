package org.llmmerging.eval.train.starter;

import java.util.Random;

/** Makes the items of one skill. */
interface ItemSource {

    /** Draws an item: of any split, and perhaps drawn before. */
    Item draw(Random random);

    /** The source of a skill's items. */
    static ItemSource of(Skill skill) {
        return switch (skill) {
            case REASONING -> new Mishaps();
            case SUMMARIES -> new News();
            case ARITHMETIC -> new Sums();
        };
    }

    /** Draws until an item belongs to a split. */
    default Item draw(Random random, Split split) {
        while (true) {
            Item item = draw(random);
            if (item.split() == split) {
                return item;
            }
        }
    }
}
