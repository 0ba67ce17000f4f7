package org.llmmerging.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code main -m NAME} on {@link Inputs#quiz} and {@link Inputs#hello}, and all that such a run must leave. */
final class WholeRun {
    private static final Pattern LAST_LINE = Pattern.compile(
            ("\\{\"quiz\": \\{\"accuracy\": N}, "
                    + "\"hello\": \\{\"rouge1\": N, \"rouge2\": N, \"rougeL\": N, \"rougeLsum\": N}}")
                    .replace("N", "(0\\.\\d{1,3}|1\\.0)"));
    private static final List<String> FILES = List.of(
            "README.md",
            "config.json",
            "generation_config.json",
            "manifest.json",
            "mergekit_config.yml",
            "model.safetensors",
            "predictions",
            "predictions/hello.csv",
            "predictions/hello.jsonl",
            "predictions/quiz.csv",
            "predictions/quiz.jsonl",
            "scores.json",
            "scores.jsonl",
            "special_tokens_map.json",
            "tokenizer.json",
            "tokenizer_config.json");

    private WholeRun() {}

    /** Runs a name, checks what is printed and every file but the weights, and returns the model's folder. */
    static Path of(String name, Path folder) throws IOException, InterruptedException {
        Path output = folder.resolve("out");
        Outcome outcome = Kit.in(folder)
                .run("-m", name, "--output_folder", "out", "--dataset_filepaths", Inputs.quiz(folder),
                        Inputs.hello(folder))
                .succeeded();
        assertTrue(LAST_LINE.matcher(outcome.lastLine()).matches(), outcome::toString);
        assertEquals(1, outcome.output().size(), outcome::toString);
        assertTrue(topLevel(output).contains(name));
        assertTrue(topLevel(output).stream().noneMatch(file -> file.startsWith(".")), "a hidden folder is left");
        Path model = output.resolve(name);
        assertEquals(new TreeSet<>(FILES), Inputs.tree(model));
        checkScores(model, outcome.lastLine());
        return model;
    }

    private static TreeSet<String> topLevel(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            TreeSet<String> names = new TreeSet<>();
            files.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        }
    }

    private static void checkScores(Path model, String lastLine) throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode printed = json.readTree(lastLine);
        JsonNode scores = json.readTree(model.resolve("scores.json").toFile());
        assertEquals(printed.get("quiz"), scores.get("quiz"));
        assertEquals(printed.get("hello"), scores.get("hello"));
        assertEquals(List.of(lastLine), Files.readAllLines(model.resolve("scores.jsonl")));

        List<String> rows = Files.readAllLines(model.resolve("predictions/quiz.jsonl"));
        assertEquals(2, rows.size());
        assertRow("a", 2, json.readTree(rows.get(0)));
        assertRow("b", 3, json.readTree(rows.get(1)));
        JsonNode written = json.readTree(
                Files.readAllLines(model.resolve("predictions/hello.jsonl")).getFirst());
        assertEquals("7", written.get("id").asText());
        assertTrue(written.get("prediction").isTextual(), written::toString);
        List<String> table = Files.readAllLines(model.resolve("predictions/quiz.csv"));
        assertEquals("id,prediction,dummy_field", table.getFirst());
        assertEquals(3, table.size());
    }

    /** The prediction is the choice whose score is largest. */
    private static void assertRow(String id, int choices, JsonNode row) {
        assertEquals(id, row.get("id").asText());
        JsonNode scores = row.get("answer_choices_scores");
        assertEquals(choices, scores.size());
        int best = row.get("prediction").intValue();
        for (JsonNode score : scores) {
            assertTrue(score.doubleValue() <= scores.get(best).doubleValue(), row::toString);
        }
    }
}
