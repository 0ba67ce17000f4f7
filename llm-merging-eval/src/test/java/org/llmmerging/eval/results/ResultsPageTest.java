package org.llmmerging.eval.results;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.llmmerging.eval.train.starter.StarterTask;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ResultsPageTest {
    private static final List<StarterTask> TASKS = List.of(
            new StarterTask("quiz", "multiple choice", "accuracy", "quizzer"),
            new StarterTask("news", "summaries", "ROUGE-L", "writer"));

    @Test
    void aFamilyIsATableWithIntervalsAndASentence() {
        String text = new ResultsPage(
                measured("llama2", 3), Map.of("llama2", Map.of("avg", new TuningPoint(List.of(0.5, 0.5), Map.of()))),
                TASKS)
                .into("");
        assertEquals(
                ResultsPage.BEGIN
                        + """


                                ### llama2

                                3 training seeds: 0, 1, 2.

                                | Model | multiple choice (accuracy) | summaries (ROUGE-L) | mean | gain kept | seconds | merged with |
                                | --- | ---: | ---: | ---: | ---: | ---: | --- |
                                | base | 20.0 ± 0.0 | 10.0 ± 0.0 | 15.0 ± 0.0 |  |  |  |
                                | quizzer | 80.0 ± 0.0 | 10.0 ± 0.0 | 45.0 ± 0.0 |  |  |  |
                                | writer | 20.0 ± 0.0 | 50.0 ± 0.0 | 35.0 ± 0.0 |  |  |  |
                                | avg | 51.0 ± 2.5 | 40.0 ± 0.0 | 45.5 ± 1.2 | 63.3 ± 2.1 | 0.25 | 0.5 |
                                | dam | 50.0 ± 0.0 | 40.0 ± 0.0 | 45.0 ± 0.0 | 62.5 ± 0.0 | 90 |  |

                                Best merge: avg, which keeps 63.3 % of the specialists' gains over the base (multiple choice \
                                51.7 %, summaries 75.0 %): most of each. dam is number 2 of 2, 0.5 points behind; the intervals \
                                overlap.

                                """
                        + "\n" + ResultsPage.END + "\n",
                text);
    }

    @Test
    void severalFamiliesAreComparedFirst() {
        List<Measurement> all = new ArrayList<>(measured("llama2", 1));
        all.addAll(measured("mistral", 1));
        String text = new ResultsPage(all, Map.of(), TASKS).into("");
        assertTrue(text.contains("""
                | Merge | llama2 | mistral | mean |
                | --- | ---: | ---: | ---: |
                | avg | 45.0 | 45.0 | 45.0 |
                | dam | 45.0 | 45.0 | 45.0 |
                """), text);
        assertTrue(text.contains("Best in each family: avg (llama2), avg (mistral)."), text);
        assertTrue(text.contains("dam is the best merge in 0 of 2 families."), text);
        assertTrue(text.contains("One training seed: no interval can be given."), text);
        assertTrue(text.contains("| base | 20.0 | 10.0 | 15.0 |"), text);
    }

    @Test
    void whatIsWrittenByHandStays() {
        ResultsPage page = new ResultsPage(measured("llama2", 1), Map.of(), TASKS);
        String text = page.into("# Results\n\n" + ResultsPage.BEGIN + "\nold\n" + ResultsPage.END + "\n\nThe end.\n");
        assertTrue(text.startsWith("# Results\n\n" + ResultsPage.BEGIN + "\n\n### llama2\n"), text);
        assertTrue(text.endsWith(ResultsPage.END + "\n\nThe end.\n"), text);
        assertTrue(!text.contains("old"), text);
        assertEquals(text, page.into(text));
    }

    private static List<Measurement> measured(String family, int seeds) {
        List<Measurement> all = new ArrayList<>();
        for (int seed = 0; seed < seeds; seed++) {
            all.add(measurement(family, seed, "base", 0.2, 0.1, 0));
            all.add(measurement(family, seed, "quizzer", 0.8, 0.1, 0));
            all.add(measurement(family, seed, "writer", 0.2, 0.5, 0));
            all.add(measurement(family, seed, "avg", 0.5 + 0.01 * seed, 0.4, 0.25));
            all.add(measurement(family, seed, "dam", 0.5, 0.4, 90));
        }
        return all;
    }

    private static Measurement measurement(
            String family, long seed, String model, double quiz, double news, double seconds) {
        return new Measurement(family, seed, model, Map.of("quiz", quiz, "news", news), seconds);
    }
}
