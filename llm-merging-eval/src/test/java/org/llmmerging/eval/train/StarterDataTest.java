package org.llmmerging.eval.train;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.llmmerging.Example;
import org.llmmerging.eval.task.Dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The files under {@code data/}. */
class StarterDataTest {
    private static final int MAX_SEQ_LEN = 1024;

    @Test
    void theQuestionsHaveFourChoicesAndNoFavouriteAnswer() {
        Dataset dataset = Dataset.read(RepositoryFiles.folder("data/validation/cosmos_qa.csv"));
        assertEquals(List.of(30, 30, 30), counts(dataset));
        Map<String, Integer> answers = new TreeMap<>();
        for (Example example : dataset.examples()) {
            assertEquals(4, example.choices().size(), example.id());
            answers.merge(String.valueOf(example.target()), 1, Integer::sum);
        }
        assertEquals(Map.of("0", 9, "1", 8, "2", 7, "3", 6), answers);
        assertCutNowhereAndUnique(dataset);
    }

    @Test
    void theSummariesHaveReferences() {
        Dataset dataset = Dataset.read(RepositoryFiles.folder("data/validation/xsum.csv"));
        assertEquals(List.of(24, 0, 24), counts(dataset));
        assertCutNowhereAndUnique(dataset);
    }

    @Test
    void theTestSetMixesBothKindsWithoutTargets() {
        Dataset dataset = Dataset.read(RepositoryFiles.folder("data/test.csv"));
        assertEquals(List.of(20, 10, 0), counts(dataset));
        assertCutNowhereAndUnique(dataset);
    }

    /** Rows, rows of multiple choice, rows with a target. */
    private static List<Integer> counts(Dataset dataset) {
        return List.of(dataset.size(), dataset.multipleChoiceCount(), dataset.scoredCount());
    }

    private static void assertCutNowhereAndUnique(Dataset dataset) {
        Set<String> inputs = new HashSet<>();
        for (Example example : dataset.examples()) {
            int tokens = 1 + example.input().getBytes(StandardCharsets.UTF_8).length;
            assertTrue(tokens <= MAX_SEQ_LEN, () -> "row " + example.id() + " has " + tokens + " tokens");
            assertTrue(inputs.add(example.input()), () -> "row " + example.id() + " repeats another");
        }
    }
}
