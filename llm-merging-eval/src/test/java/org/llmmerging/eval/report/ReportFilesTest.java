package org.llmmerging.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.Example;
import org.llmmerging.Scores;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.DatasetResult;
import org.llmmerging.eval.task.EvaluationResult;
import org.llmmerging.eval.task.Prediction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ReportFilesTest {
    private static final Set<String> VOID_ELEMENTS = Set.of("!DOCTYPE", "meta", "input");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 38})
    void thePageIsOneWellFormedFileForAnyNumberOfModels(int models) throws IOException {
        String page = page(SampleOutcomes.of(models));
        assertEquals(List.of(), unbalanced(page));
        for (String reference : List.of("http:", "https:", "src=", "<link", "<script", "@import", "url(")) {
            assertFalse(page.contains(reference), reference);
        }
        assertTrue(page.contains("<title>Evaluation of " + models + " model"), page.substring(0, 400));
        assertTrue(page.contains("model-" + (models - 1)), "the last model is missing");
    }

    @Test
    void textsAreShownAndNeverBecomeMarkup() throws IOException {
        String page = page(SampleOutcomes.of(2));
        assertFalse(page.contains("<b>"), "markup of the data");
        assertTrue(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;more&quot;"));
        assertTrue(page.contains("🦜 emoji 👩‍🚀"));
        assertTrue(page.contains("dir=\"auto\">טקסט מימין לשמאל"));
        assertFalse(page.contains("\u0000"));
        assertTrue(page.contains("control \uFFFD character"));
    }

    /** Without these rules a name without a blank is as wide, or as high, as all of it. */
    @ParameterizedTest
    @ValueSource(strings = {".choices .model", ".scores tbody th", "h3 span:first-child"})
    void aLongNameIsBroken(String place) throws IOException {
        String page = page(SampleOutcomes.of(2));
        String rule = page.substring(page.indexOf("\n" + place + " {"));
        assertTrue(rule.substring(0, rule.indexOf('}')).contains("overflow-wrap: anywhere"), place);
    }

    @Test
    void theTableHasEveryFigureAndMarksTheBest() throws IOException {
        String page = page(SampleOutcomes.of(3));
        assertTrue(page.contains("<td class=\"number best\">1.000</td>"), page);
        assertEquals(5, Pattern.compile("<figure>").matcher(page).results().count());
    }

    @Test
    void nothingIsCalledBestAmongOne() throws IOException {
        assertTrue(page(SampleOutcomes.of(2)).contains("★. Figures lie"));
        assertFalse(page(SampleOutcomes.of(1)).contains("★. Figures lie"));
    }

    @Test
    void oneRowIsNotCalledRows() throws IOException {
        Dataset news = new Dataset(
                "news", Path.of("news.csv"), "00ff", List.of(new Example("n1", "Summarise", "a cat", List.of())));
        List<ModelOutcome> outcomes = new ArrayList<>();
        for (String text : List.of("a cat", "a dog")) {
            EvaluationResult result = new EvaluationResult(
                    List.of(DatasetResult.score(news, List.of(Prediction.ofText("n1", text)), false)));
            outcomes.add(ModelOutcome.scored(text, result.scores(), result.datasets()));
        }
        String page = page(outcomes);
        assertTrue(page.contains("Only the 1 row that"), page);
        assertTrue(page.contains(", 1 row, SHA-256"), page);
    }

    /** Who has the page read aloud goes from heading to heading. */
    @Test
    void noLevelOfHeadingsIsLeftOut() throws IOException {
        int last = 0;
        Matcher heading = Pattern.compile("<h(\\d)").matcher(page(SampleOutcomes.of(2)));
        while (heading.find()) {
            int level = Integer.parseInt(heading.group(1));
            assertTrue(level <= last + 1, "h" + level + " after h" + last);
            last = level;
        }
        assertEquals(3, last);
    }

    /**
     * A model may lack rows of a kind, and so a figure that another has: it still stands with the others of its set.
     */
    @Test
    void everyFigureStandsUnderItsSet() throws IOException {
        Scores withoutTexts = new Scores(Map.of("mixed", Map.of("accuracy", 0.5)));
        Map<String, Map<String, Double>> all = new LinkedHashMap<>();
        all.put("news", Map.of("rouge1", 0.25));
        Map<String, Double> mixed = new LinkedHashMap<>();
        mixed.put("accuracy", 0.75);
        mixed.put("rouge1", 0.125);
        all.put("mixed", mixed);
        String page = page(List.of(
                ModelOutcome.scored("a", withoutTexts, List.of()),
                ModelOutcome.scored("b", new Scores(all), List.of())));
        assertTrue(page.contains("colspan=\"2\" dir=\"auto\">mixed</th><th scope=\"colgroup\" colspan=\"1\""), page);
        assertTrue(
                Pattern.compile(">b</th>\\s*<td[^>]*>0.750</td>\\s*<td[^>]*>0.125</td>\\s*<td[^>]*>0.250</td>")
                        .matcher(page)
                        .find(),
                page);
    }

    @Test
    void aModelThatFailedIsNamedWithItsReason() throws IOException {
        List<ModelOutcome> outcomes = new ArrayList<>(SampleOutcomes.of(2));
        outcomes.add(ModelOutcome.failed("broken", "config.json: <oops>"));
        String page = page(outcomes);
        assertTrue(page.contains("config.json: &lt;oops&gt;"));
        assertTrue(page.contains("1 model failed"));
        JsonNode json = new JsonMapper().readTree(folder.resolve("report.json").toFile());
        assertEquals("config.json: <oops>", json.at("/models/2/error").asText());
        assertEquals("", json.at("/models/0").path("error").asText());
    }

    @Test
    void nothingButFailuresIsAReportToo() throws IOException {
        String page = page(List.of(ModelOutcome.failed("a", "one"), ModelOutcome.failed("b", "two")));
        assertEquals(List.of(), unbalanced(page));
        assertTrue(page.contains("2 models failed"));
    }

    @Test
    void rowsSayWhichModelWasRight() throws IOException {
        page(SampleOutcomes.of(2));
        JsonNode quiz = new JsonMapper().readTree(folder.resolve("report.json").toFile()).at("/datasets/0");
        assertEquals("quiz", quiz.path("name").asText());
        assertEquals("row 1", quiz.at("/rows/0/place").asText());
        assertEquals(1.0, quiz.at("/rows/0/answers/model-0/quality").doubleValue());
        assertEquals("1", quiz.at("/rows/0/answers/model-0/prediction").asText());
        assertTrue(quiz.at("/rows/2/answers/model-0/quality").isMissingNode(), "row 3 has no target");
    }

    @Test
    void theTableForSpreadsheetsHasALineForEachFigure() throws IOException {
        page(SampleOutcomes.of(3));
        try (CsvReader<NamedCsvRecord> reader = CsvReader.builder().ofNamedCsvRecord(folder.resolve("report.csv"))) {
            List<NamedCsvRecord> lines = reader.stream().toList();
            assertEquals(3 * 5, lines.size());
            NamedCsvRecord first = lines.getFirst();
            assertEquals(
                    List.of("model-0", "quiz", "accuracy", "1.0", "3", "2", "0", ""),
                    first.getFields());
        }
    }

    private String page(List<ModelOutcome> outcomes) throws IOException {
        ReportFiles.write(folder, outcomes);
        try (var files = Files.list(folder)) {
            assertEquals(3, files.count());
        }
        return Files.readString(folder.resolve("report.html"));
    }

    /** Elements that are closed out of order, or never. */
    private static List<String> unbalanced(String page) {
        List<String> problems = new ArrayList<>();
        Deque<String> open = new ArrayDeque<>();
        Matcher tags = Pattern.compile("<(/?)([!a-zA-Z0-9]+)(?: [^>]*)?>").matcher(page);
        while (tags.find()) {
            if (VOID_ELEMENTS.contains(tags.group(2))) {
                continue;
            }
            if (tags.group(1).isEmpty()) {
                open.push(tags.group(2));
            } else if (open.isEmpty() || !open.pop().equals(tags.group(2))) {
                problems.add(tags.group());
            }
        }
        problems.addAll(open);
        return problems;
    }
}
