package org.llmmerging.eval.train.starter;

import java.util.List;
import java.util.Random;

/** People, places and times of the small world. */
final class Words {
    static final List<String> WOMEN = list(
            "Mara Ines Lena Rosa Nora Ada Clara Greta Kira Mina Olga Pia Tara Vera Yara Zoe");
    static final List<String> MEN = list("Tom Owen Karl Finn Hugo Ben Emil Ivan Jonas Leo Nils Rolf Sven Udo Amir Gus");
    static final List<String> PLACES = list(
            "Brook Elder Norham Sandby Kelm Ostra Varn Millow Tarn Hollin Pell Lisk Rowan Sorrel Wick Corran Fenby Garth");
    static final List<String> DAYS = list("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");

    private Words() {}

    /** The words of a text. */
    static List<String> list(String words) {
        return List.of(words.split(" "));
    }

    /** Any of several, all equally likely. */
    static <T> T any(Random random, List<T> several) {
        return several.get(random.nextInt(several.size()));
    }

    /** A person. */
    static Person person(Random random) {
        return random.nextBoolean() ? new Person(any(random, WOMEN), "She") : new Person(any(random, MEN), "He");
    }

    /** Someone with a name, and the pronoun that begins a sentence about them. */
    record Person(String name, String pronoun) {}
}
