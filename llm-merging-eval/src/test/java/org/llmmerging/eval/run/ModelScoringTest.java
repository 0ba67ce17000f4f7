package org.llmmerging.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.Example;
import org.llmmerging.Predictor;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.task.Dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** A predictor may hold several checkpoints: answers are kept only as long as none of them has changed. */
class ModelScoringTest {
    private static final int ROWS = 300;

    @TempDir
    private Path folder;

    @Test
    void answersAreUsedAgainWhileNoCheckpointHasChanged() throws IOException {
        Golden.copy(Golden.model("llama2"), Files.createDirectory(folder.resolve("a")), "");
        Golden.copy(Golden.model("llama2"), Files.createDirectory(folder.resolve("b")), "");
        assertThrows(IllegalStateException.class, () -> score(new Ensemble(ROWS - 1)));
        assertThrows(IllegalStateException.class, () -> score(new Ensemble(0)));
        Ensemble resumed = new Ensemble(ROWS - 1);
        score(resumed);
        assertEquals(ROWS - 256, resumed.asked);
    }

    @Test
    void answersAreDroppedWhenACheckpointThatWasNotOpenedLastHasChanged() throws IOException {
        Golden.copy(Golden.model("llama2"), Files.createDirectory(folder.resolve("a")), "");
        Golden.copy(Golden.model("llama2"), Files.createDirectory(folder.resolve("b")), "");
        assertThrows(IllegalStateException.class, () -> score(new Ensemble(ROWS - 1)));
        Path config = folder.resolve("a/config.json");
        Files.writeString(config, Files.readString(config) + "\n");
        Ensemble afresh = new Ensemble(ROWS);
        score(afresh);
        assertEquals(ROWS, afresh.asked);
    }

    private void score(Ensemble ensemble) {
        ModelScoring scoring = new ModelScoring(SilentRun.OPTIONS, new SilentRun());
        try (Predictor first = scoring.open(folder.resolve("a"), null, null);
                Predictor second = scoring.open(folder.resolve("b"), null, null)) {
            List<Example> rows = new ArrayList<>();
            for (int i = 0; i < ROWS; i++) {
                rows.add(new Example("r" + i, "prompt " + i, "text", List.of()));
            }
            Dataset dataset = new Dataset("rows", Path.of("rows.csv"), "00", rows);
            scoring.score(ensemble, List.of(dataset), folder.resolve("out/name"), "code");
        }
    }

    /** Stands for a wrapper of both models; breaks down when it is asked more rows than a number. */
    private static final class Ensemble implements Predictor {
        private final int most;
        private int asked;

        Ensemble(int most) {
            this.most = most;
        }

        @Override
        public List<double[]> predictMultipleChoice(List<Example> examples) {
            throw new UnsupportedOperationException("there are no choices");
        }

        @Override
        public List<String> generate(List<Example> examples) {
            asked += examples.size();
            if (asked > most) {
                throw new IllegalStateException("broken down");
            }
            return examples.stream().map(Example::input).toList();
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
