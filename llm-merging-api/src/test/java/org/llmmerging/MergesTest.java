package org.llmmerging;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

class MergesTest {
    private final RecordingContext context = new RecordingContext();
    private final Merges merges = StandardMerges.named("slerp_llama2", "slerp", "llama2");

    @Test
    void loadOpensTheModelsOfTheConfiguration() {
        assertSame(context.models, merges.load(context));
    }

    @Test
    void mergeUsesTheMethodOfTheDescription() {
        assertEquals(Path.of("merged"), merges.merge(context, context.models));
        assertEquals(List.of("merge slerp"), context.calls);
    }

    @Test
    void evaluateScoresThePredictorOfTheCheckpointAndClosesIt() {
        assertSame(context.scores, merges.evaluate(context, Path.of("merged")));
        assertEquals(List.of("open merged", "score", "close"), context.calls);
    }

    @Test
    void evaluateClosesThePredictorWhenScoringFails() {
        context.fails = true;
        assertThrows(IllegalStateException.class, () -> merges.evaluate(context, Path.of("merged")));
        assertEquals(List.of("open merged", "score", "close"), context.calls);
    }

    @ParameterizedTest
    @ValueSource(strings = {"slerp", "flan_t5", "a1_b2_3"})
    void namesAreLowerCaseWords(String name) {
        MergesDescription description = new MergesDescription(name, name, name);
        assertEquals(name, description.name());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Slerp", "flan-t5", "_a", "a_", "a__b", "5t", "a b", "../a", "größe", "a\n"})
    void anythingElseIsNoName(String name) {
        assertThrows(IllegalArgumentException.class, () -> new MergesDescription(name, "slerp", "llama2"));
        assertThrows(IllegalArgumentException.class, () -> new MergesDescription("slerp_llama2", name, "llama2"));
        assertThrows(IllegalArgumentException.class, () -> new MergesDescription("slerp_llama2", "slerp", name));
    }

    private static final class RecordingContext extends UnsupportedContext {
        private final LoadedModels models = new LoadedModels(null, List.of());
        private final Scores scores = new Scores(Map.of());
        private final List<String> calls = new ArrayList<>();
        private boolean fails;

        @Override
        public LoadedModels openModels() {
            return models;
        }

        @Override
        public Path merge(String method) {
            calls.add("merge " + method);
            return Path.of("merged");
        }

        @Override
        public Predictor openPredictor(Path checkpoint) {
            calls.add("open " + checkpoint);
            return new Predictor() {
                @Override
                public List<double[]> predictMultipleChoice(List<Example> examples) {
                    return List.of();
                }

                @Override
                public List<String> generate(List<Example> examples) {
                    return List.of();
                }

                @Override
                public void close() {
                    calls.add("close");
                }
            };
        }

        @Override
        public Scores score(Predictor predictor) {
            calls.add("score");
            if (fails) {
                throw new IllegalStateException("no scores");
            }
            return scores;
        }
    }
}
