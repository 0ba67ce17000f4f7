package org.llmmerging.soup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.LoadedModels;
import org.llmmerging.Merges;
import org.llmmerging.MergesDescription;
import org.llmmerging.Scores;
import org.llmmerging.UnsupportedContext;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.ModelReference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class SoupMergesTest {
    private final Merges merges = SoupMerges.forArchitecture("llama2");

    @TempDir
    Path folder;

    @Test
    void itIsRegisteredAsAnAverage() {
        assertEquals(new MergesDescription("soup_greedy_llama2", "linear", "llama2"), merges.description());
    }

    @Test
    void theOutputIsTheUniformAverageOfWhatWasKeptAndSaysSo() throws IOException {
        FakeContext context = new FakeContext("");
        context.scores = Map.of("[a]", 0.25, "[b]", 0.75, "[c]", 0.5, "[b, c]", 0.25, "[a, b]", 1.0);
        assertEquals(folder, merges.merge(context, new LoadedModels(null, List.of())));

        assertEquals(List.of("[a] [1.0]", "[b] [1.0]", "[c] [1.0]", "[b, c] [0.5, 0.5]", "[a, b] [0.5, 0.5]"),
                context.validated);
        assertEquals("linear [a, b] [0.5, 0.5]", context.merged);
        assertEquals(
                List.of(
                        "Greedy soup: `b` scores 0.75 on the validation sets, the soup with it 0.75: kept.",
                        "Greedy soup: `c` scores 0.5 on the validation sets, the soup with it 0.25: left out.",
                        "Greedy soup: `a` scores 0.25 on the validation sets, the soup with it 1.0: kept."),
                context.notes);
        JsonNode file = new ObjectMapper().readTree(folder.resolve("soup.json").toFile());
        assertEquals(1.0, file.get("score").doubleValue());
        assertEquals(
                "{\"model\":\"c\",\"alone\":0.5,\"added\":0.25,\"kept\":false}",
                file.get("ingredients").get(1).toString());
        assertEquals(5, file.get("candidates").size());
        assertEquals(
                "{\"models\":[\"a\",\"b\"],\"scores\":{\"quiz\":{\"accuracy\":1.0}}}",
                file.get("candidates").get(3).toString());
    }

    @Test
    void coefficientsAreRefusedBeforeAnythingIsMerged() throws IOException {
        for (String line : List.of("parameter_lambdas: [0.2, 0.3, 0.5]", "parameters: {normalize: false}")) {
            FakeContext context = new FakeContext(line);
            ConfigException problem = assertThrows(
                    ConfigException.class, () -> merges.merge(context, new LoadedModels(null, List.of())));
            assertTrue(problem.getMessage().startsWith(context.config().file().toString()), problem::getMessage);
            assertEquals(List.of(), context.validated);
        }
    }

    @Test
    void validationSetsWithoutTargetsAreRefused() throws IOException {
        FakeContext context = new FakeContext("");
        ConfigException problem = assertThrows(
                ConfigException.class, () -> merges.merge(context, new LoadedModels(null, List.of())));
        assertTrue(problem.getMessage().contains("--validation_filepaths"), problem::getMessage);
    }

    private final class FakeContext extends UnsupportedContext {
        private final KitConfig config;
        private final List<String> validated = new ArrayList<>();
        private Map<String, Double> scores = Map.of();
        private List<String> notes = List.of();
        private String merged = "";

        FakeContext(String furtherLine) throws IOException {
            Path file = folder.resolve("soup.yaml");
            Files.writeString(file, "list_models: [a, b, c]\narchitecture: decoder\n" + furtherLine + "\n");
            config = KitConfig.read(file);
        }

        @Override
        public KitConfig config() {
            return config;
        }

        @Override
        public Path checkpointFolder() {
            return folder;
        }

        @Override
        public Path merge(String method, KitConfig chosen, List<String> said) {
            merged = method + " " + names(chosen) + " " + chosen.parameterLambdas();
            notes = said;
            return folder;
        }

        @Override
        public Scores validate(String method, KitConfig candidate) {
            validated.add(names(candidate) + " " + candidate.parameterLambdas());
            Double score = scores.get(names(candidate));
            return new Scores(Map.of("quiz", score == null ? Map.of() : Map.of("accuracy", score)));
        }

        private static String names(KitConfig chosen) {
            return chosen.listModels().stream().map(ModelReference::toString).toList().toString();
        }
    }
}
