package org.llmmerging.eval.train.starter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * News items of three sentences and their summaries in one. The summary names the incident, which the text only
 * describes, where it was, which stands among other places, and what follows from it.
 */
final class News implements ItemSource {
    private static final List<String> BUILDINGS = Words
            .list("mill school museum bakery station library theatre harbour bridge market hospital factory");

    /** Described, and named. */
    private static final List<List<String>> INCIDENTS = List.of(
            List.of("Smoke rose over the {}", "A fire has damaged the {}"),
            List.of("The river ran into the {}", "A flood has damaged the {}"),
            List.of("Thieves broke into the {}", "Police are looking for thieves after a break-in at the {}"),
            List.of("Workers walked out of the {}", "A strike has begun at the {}"),
            List.of("Ten builders came to the {}", "Repairs have begun at the {}"),
            List.of("Singers met at the {}", "A concert has been held at the {}"),
            List.of("Judges praised the {}", "A prize has been given to the {}"),
            List.of("The owner put up a price for the {}", "There are plans to sell the {}"));

    /** Told, and summed up. */
    private static final List<List<String>> EFFECTS = List.of(
            List.of("Cars must take another way.", "the road is shut"),
            List.of("Nobody was harmed.", "all are safe"),
            List.of("The council gave a large sum.", "the council will pay"),
            List.of("Children were sent home.", "lessons are cancelled"),
            List.of("More visitors are expected.", "crowds are coming"),
            List.of("A meeting was called.", "people will meet"));

    private static final List<String> ASIDES = List.of(
            "{} of {} saw it all.", "{} from {} came to look.", "{} had just come from {}.", "{} told friends in {}.");

    @Override
    public Item draw(Random random) {
        String building = Words.any(random, BUILDINGS);
        List<String> incident = Words.any(random, INCIDENTS);
        List<String> effect = Words.any(random, EFFECTS);
        String place = Words.any(random, Words.PLACES);
        String elsewhere = Words.any(random, Words.PLACES);
        while (elsewhere.equals(place)) {
            elsewhere = Words.any(random, Words.PLACES);
        }
        String lead = incident.get(0).replace("{}", building) + " in " + place + " on "
                + Words.any(random, Words.DAYS) + ".";
        String aside = Words.any(random, ASIDES)
                .replaceFirst("\\{}", Words.person(random).name())
                .replaceFirst("\\{}", elsewhere);
        List<String> rest = new ArrayList<>(List.of(aside, effect.get(0)));
        Collections.shuffle(rest, random);
        List<String> sentences = List.of(lead, rest.get(0), rest.get(1));
        String text = String.join("\n", sentences);
        String summary = incident.get(1).replace("{}", building) + " in " + place + " and " + effect.get(1) + ".";
        String core = String.join("|", building, incident.get(1), place, effect.get(1));
        Passage story = new Passage(String.join(" ", sentences) + " In short:", summary);
        return new Item(Skill.SUMMARIES, core, text + " A summary is", List.of(), summary, sentences, story);
    }
}
