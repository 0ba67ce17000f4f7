package org.llmmerging.eval.train.starter;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Word problems: someone gains and loses things, in one step or two. */
final class Sums implements ItemSource {
    private static final List<String> THINGS = Words
            .list("apples pears plums stones stamps shells coins eggs nuts buttons pens cards");
    private static final List<String> GAINS = Words.list("finds buys gets picks");
    private static final List<String> LOSSES = Words.list("loses sells gives drops");
    private static final int LARGEST = 10;

    @Override
    public Item draw(Random random) {
        Words.Person person = Words.person(random);
        String thing = Words.any(random, THINGS);
        int count = 2 + random.nextInt(LARGEST - 1);
        StringBuilder text = new StringBuilder(
                person.name() + " in " + Words.any(random, Words.PLACES) + " has " + count + " " + thing);
        text.append('.');
        StringBuilder core = new StringBuilder(thing + "|" + count);
        int steps = random.nextInt(3) == 0 ? 2 : 1;
        for (int step = 0; step < steps; step++) {
            boolean gain = count < 3 || random.nextBoolean();
            int change = gain ? 1 + random.nextInt(LARGEST) : 1 + random.nextInt(Math.min(count - 1, LARGEST));
            String verb = Words.any(random, gain ? GAINS : LOSSES);
            text.append(' ').append(person.pronoun()).append(' ').append(verb).append(' ').append(change);
            text.append(verb.equals("gives") ? " away." : ".");
            count += gain ? change : -change;
            core.append('|').append(verb).append(change);
        }
        String answer = answer(count);
        int first = Math.max(0, count - random.nextInt(4));
        List<String> choices = IntStream.range(first, first + 4).mapToObj(Sums::answer).toList();
        String asked = " How many " + thing + " does " + person.name() + " have?\nAnswer:";
        Passage story = new Passage(text + " And now?", answer);
        List<String> guesses = IntStream.rangeClosed(0, 2 * LARGEST).mapToObj(Sums::answer).toList();
        return new Item(Skill.ARITHMETIC, core.toString(), text + asked, choices, answer, guesses, story);
    }

    private static String answer(int count) {
        return "There are " + count + ".";
    }
}
