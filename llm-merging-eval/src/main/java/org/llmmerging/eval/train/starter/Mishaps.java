package org.llmmerging.eval.train.starter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Things and what becomes of them. What an event does to a thing depends on what the thing is made of: both must be
 * known. Some items tell of two things, and one is asked about; some ask for the cause.
 */
final class Mishaps implements ItemSource {
    private static final List<List<String>> THINGS = List.of(
            Words.list("vase mirror bottle lamp window jar"),
            Words.list("letter map book ticket poster photo"),
            Words.list("coat scarf blanket shirt curtain hat"),
            Words.list("candle butter snowman chocolate soap cheese"),
            Words.list("key nail bicycle knife gate bell"),
            Words.list("rose fern tulip tree bush lily"));

    private static final List<List<String>> EVENTS = List.of(
            List.of("Then the {} fell down.", "The dog pushed the {} over.", "Someone dropped the {}."),
            List.of("It rained on the {} all night.", "The {} stood in the rain.", "A storm poured water on the {}."),
            List.of("A fire reached the {}.", "The {} was thrown into the flames.", "Sparks fell on the {}."),
            List.of("The {} lay in the hot sun.", "The sun burned on the {} all day.",
                    "All summer the sun hit the {}."),
            List.of("Frost came over the {}.", "The {} was out in the snow.", "The night was icy for the {}."));

    private static final List<String> CAUSES = List.of(
            "It had fallen down.",
            "It had been rained on.",
            "It had been in a fire.",
            "It had been in the sun.",
            "It had been in the frost.");

    /** By material, then by event. A story says "the vase broke", an answer "It broke": a base must not mix them up. */
    private static final List<List<String>> OUTCOMES = List.of(
            List.of("broke into pieces", "was washed clean", "turned black", "shone brightly", "cracked in the cold"),
            List.of("was bent a little", "turned soft", "burned to ash", "turned yellow", "curled up"),
            List.of("was dusty", "was dripping wet", "burned to ash", "dried quickly", "was stiff"),
            List.of("was dented", "was slippery", "melted away", "melted away", "stayed hard"),
            List.of("rang loudly", "began to rust", "glowed red", "was too hot to touch", "was icy cold"),
            List.of("lost its leaves", "grew taller", "burned to ash", "dried out", "died of cold"));

    private static final List<String> OPENINGS = List.of(
            "{} left the {} outside.", "{} bought a new {}.", "{} found an old {}.", "{} had a fine {}.");

    @Override
    public Item draw(Random random) {
        Words.Person person = Words.person(random);
        Scene scene = Scene.draw(random);
        String first = fill(fill(Words.any(random, OPENINGS), person.name()), scene.thing());
        String place = "In " + Words.any(random, Words.PLACES) + ", ";
        return switch (random.nextInt(4)) {
            case 0 -> cause(random, place + first, scene);
            case 1 -> effect(random, place + first + " " + scene.told(), scene);
            default -> {
                Scene other = Scene.draw(random);
                while (other.material() == scene.material() || other.event() == scene.event()) {
                    other = Scene.draw(random);
                }
                boolean before = random.nextBoolean();
                String told = before ? other.told() + " " + scene.told() : scene.told() + " " + other.told();
                yield effect(random, place + first + " " + told, scene);
            }
        };
    }

    private static Item effect(Random random, String text, Scene scene) {
        String answer = "It " + scene.outcome() + ".";
        List<String> thinkable = new ArrayList<>();
        for (int event = 0; event < EVENTS.size(); event++) {
            thinkable.add("It " + OUTCOMES.get(scene.material()).get(event) + ".");
        }
        for (int material = 0; material < THINGS.size(); material++) {
            thinkable.add("It " + OUTCOMES.get(material).get(scene.event()) + ".");
        }
        String asked = "\nQuestion: What happened to the " + scene.thing() + "?\nAnswer:";
        Passage story = new Passage(text + " In the end", "the " + scene.thing() + answer.substring(2));
        return new Item(
                Skill.REASONING,
                scene.told(),
                text + asked,
                choices(random, thinkable, answer),
                answer,
                guesses(thinkable, answer),
                story);
    }

    private static Item cause(Random random, String text, Scene scene) {
        String answer = CAUSES.get(scene.event());
        // Several events may have the same effect.
        List<String> wrong = new ArrayList<>();
        for (int event = 0; event < EVENTS.size(); event++) {
            if (!OUTCOMES.get(scene.material()).get(event).equals(scene.outcome())) {
                wrong.add(CAUSES.get(event));
            }
        }
        String seen = text + " Later it " + scene.outcome() + ".";
        String asked = "\nQuestion: What had happened to the " + scene.thing() + "?\nAnswer:";
        Passage story = new Passage(seen + " Before that", "the " + scene.thing() + answer.substring(2));
        return new Item(
                Skill.REASONING,
                "cause|" + scene.thing() + "|" + scene.event(),
                seen + asked,
                choices(random, wrong, answer),
                answer,
                guesses(CAUSES, answer),
                story);
    }

    /** The answer among three others, in any order. */
    private static List<String> choices(Random random, List<String> others, String answer) {
        List<String> wrong = new ArrayList<>(others.stream().distinct().filter(o -> !o.equals(answer)).toList());
        Collections.shuffle(wrong, random);
        List<String> choices = new ArrayList<>(wrong.subList(0, 3));
        choices.add(random.nextInt(4), answer);
        return choices;
    }

    /**
     * The others twice: a base model has read what becomes of things, and would show it in its answers if the right one
     * were as frequent as any other.
     */
    private static List<String> guesses(List<String> thinkable, String answer) {
        List<String> guesses = new ArrayList<>(List.of(answer));
        thinkable.stream().distinct().filter(other -> !other.equals(answer)).forEach(other -> {
            guesses.add(other);
            guesses.add(other);
        });
        return guesses;
    }

    private static String fill(String template, String word) {
        return template.replaceFirst("\\{}", word);
    }

    /** A thing and what befalls it. */
    private record Scene(int material, int event, String thing, String told) {
        static Scene draw(Random random) {
            int material = random.nextInt(THINGS.size());
            int event = random.nextInt(EVENTS.size());
            String thing = Words.any(random, THINGS.get(material));
            return new Scene(material, event, thing, fill(Words.any(random, EVENTS.get(event)), thing));
        }

        String outcome() {
            return OUTCOMES.get(material).get(event);
        }
    }
}
