package org.llmmerging.eval.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.llmmerging.Example;
import org.llmmerging.eval.task.Dataset;

/** The files under {@code data/}. */
class StarterDataTest {
    private static final int MAX_SEQ_LEN = 1024;

    @Test
    void theQuestionsHaveFourChoicesAndNoFavouriteAnswer() {
        Dataset dataset = Dataset.read(RepositoryFiles.folder("data/validation/cosmos_qa.csv"));
        assertEquals(List.of(30, 30, 30), List.of(dataset.size(), dataset.multipleChoiceCount(), dataset.scoredCount()));
        assertCutNowhereAndUnique(dataset);
    }

    @Test
    void theSummariesHaveReferences() {
        Dataset dataset = Dataset.read(RepositoryFiles.folder("data/validation/xsum.csv"));
        assertEquals(List.of(24, 0, 24), List.of(dataset.size(), dataset.multipleChoiceCount(), dataset.scoredCount()));
        assertCutNowhereAndUnique(dataset);
    }

    @Test
    void theTestSetMixesBothKindsWithoutTargets() {
        Dataset dataset = Dataset.read(RepositoryFiles.folder("data/test.csv"));
        assertEquals(List.of(20, 10, 0), List.of(dataset.size(), dataset.multipleChoiceCount(), dataset.scoredCount()));
        assertCutNowhereAndUnique(dataset);
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
