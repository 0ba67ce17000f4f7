package org.llmmerging.eval.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.Example;
import org.llmmerging.checkpoint.OutputException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ResultFilesTest {
    private static final List<String> TWELVE = IntStream.range(0, 12).mapToObj(i -> "choice " + i).toList();

    @TempDir
    private Path folder;

    @Test
    void scoresAreKeptAsPrintedWithWhatTheyCameFrom() throws IOException {
        ResultFiles.write(folder, result());
        JsonNode scores = new ObjectMapper().readTree(folder.resolve("scores.json").toFile());
        assertEquals(List.of("qa", "sum", "_details"), List.copyOf(fieldNames(scores)));
        assertEquals("{\"accuracy\":0.333}", scores.path("qa").toString());
        JsonNode details = scores.path("_details").path("qa");
        assertEquals("qa.csv", details.path("file").asText());
        assertEquals("abc", details.path("sha256").asText());
        assertEquals(3, details.path("rows").asInt());
        assertEquals(3, details.path("multiple_choice").asInt());
        assertEquals(0, details.path("generation").asInt());
        assertEquals(3, details.path("scored").asInt());
        assertEquals(1.0 / 3, details.path("unrounded").path("accuracy").asDouble());
    }

    @Test
    void everyRunAddsItsSummaryLine() throws IOException {
        ResultFiles.write(folder, result());
        ResultFiles.write(folder, result());
        String line = SummaryLine.of(result().scores());
        assertEquals(line + "\n" + line + "\n", Files.readString(folder.resolve("scores.jsonl")));
    }

    @Test
    void aLineCutShortByACrashDoesNotSpoilTheNext() throws IOException {
        Files.writeString(folder.resolve("scores.jsonl"), "{\"qa\": {\"acc");
        ResultFiles.write(folder, result());
        assertEquals(
                List.of("{\"qa\": {\"acc", SummaryLine.of(result().scores())),
                Files.readAllLines(folder.resolve("scores.jsonl")));
    }

    @Test
    void predictionsAreJsonLinesInTheOrderOfTheRows() throws IOException {
        ResultFiles.write(folder, result());
        List<String> lines = Files.readAllLines(folder.resolve("predictions/qa.jsonl"));
        assertTrue(lines.get(0).startsWith("{\"id\": 7, \"prediction\": 11, \"answer_choices_scores\": [-1.0, -1.0, "));
        assertEquals("{\"id\": \"b\", \"prediction\": 0, \"answer_choices_scores\": [-0.25, -2.5]}", lines.get(1));
        assertEquals(
                "{\"id\": 0, \"prediction\": \"Line one,\\nline \\\"two\\\"\"}",
                Files.readString(folder.resolve("predictions/sum.jsonl")).strip());
    }

    /** The original kit wrote only the first digit of a choice. */
    @Test
    void theSubmissionFormKeepsEveryDigit() throws IOException {
        ResultFiles.write(folder, result());
        assertEquals(
                "id,prediction,dummy_field\n7,11,0\nb,0,0\n007,1,0\n",
                Files.readString(folder.resolve("predictions/qa.csv")));
        assertEquals(
                "id,prediction,dummy_field\n0,\"Line one,\nline \"\"two\"\"\",0\n",
                Files.readString(folder.resolve("predictions/sum.csv")));
    }

    @Test
    void predictionsReadBackFromBothForms() throws IOException {
        EvaluationResult result = result();
        ResultFiles.write(folder, result);
        for (DatasetResult one : result.datasets()) {
            List<String> texts = one.predictions().stream().map(Prediction::text).toList();
            for (String ending : List.of(".csv", ".jsonl")) {
                Path file = folder.resolve("predictions").resolve(one.dataset().name() + ending);
                assertEquals(
                        texts,
                        PredictionFiles.read(file, one.dataset()).stream()
                                .map(Prediction::text)
                                .toList());
            }
        }
    }

    @Test
    void nothingElseIsLeftBehind() throws IOException {
        ResultFiles.write(folder.resolve("new"), result());
        try (Stream<Path> files = Files.walk(folder.resolve("new"))) {
            assertEquals(6, files.filter(Files::isRegularFile).count());
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsOneClearError() throws IOException {
        Path file = Files.writeString(folder.resolve("taken"), "a file");
        OutputException e = assertThrows(OutputException.class, () -> ResultFiles.write(file, result()));
        assertTrue(String.valueOf(e.getMessage()).contains("taken"), e.getMessage());
        assertEquals("a file", Files.readString(file));
        assertFalse(Files.exists(folder.resolve("scores.json")));
    }

    @Test
    void anOldFileStaysWhenItCannotBeReplaced() throws IOException {
        Path blocked = Files.createDirectories(folder.resolve("scores.json/inner"));
        assertThrows(OutputException.class, () -> ScoreFiles.write(folder, result()));
        assertTrue(Files.isDirectory(blocked));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(
                    List.of(),
                    files.filter(path -> path.toString().contains(".tmp-")).toList());
        }
    }

    @Test
    void predictionsThatDoNotFitTheSetAreAllNamed() throws IOException {
        Dataset qa = result().datasets().getFirst().dataset();
        Path file = Files.writeString(folder.resolve("p.csv"), "id,prediction\n7,12\nb,yes\nb,0\nzzz,0\n");
        DatasetException e = assertThrows(DatasetException.class, () -> PredictionFiles.read(file, qa));
        String message = String.valueOf(e.getMessage());
        for (String part : List.of(
                "5 problems",
                "row 1 (line 2), column prediction: '12' is out of range",
                "row 2 (line 3), column prediction: 'yes' is out of range",
                "row 3 (line 4), column id: 'b' is the id of row 2 (line 3) too",
                "no prediction for id '007'",
                "row 4 (line 5), column id: 'zzz' is no row of")) {
            assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
        }
    }

    @Test
    void aPredictionsFileNeedsItsColumns() throws IOException {
        Dataset qa = result().datasets().getFirst().dataset();
        Path csv = Files.writeString(folder.resolve("p.csv"), "id,answer\n7,1\n");
        Path json = Files.writeString(folder.resolve("p.jsonl"), "{\"id\": 7}\n");
        for (Path file : List.of(csv, json)) {
            DatasetException e = assertThrows(DatasetException.class, () -> PredictionFiles.read(file, qa));
            assertTrue(String.valueOf(e.getMessage()).contains("prediction is missing"), e.getMessage());
        }
    }

    @Test
    void aPredictionIsTextOrANumber() throws IOException {
        Dataset qa = result().datasets().getFirst().dataset();
        Path file = Files.writeString(folder.resolve("p.jsonl"), "{\"id\": 7, \"prediction\": [1]}\n");
        DatasetException e = assertThrows(DatasetException.class, () -> PredictionFiles.read(file, qa));
        String problem = "row 1 (line 1), column prediction: this is neither text nor a number: [1]";
        assertTrue(String.valueOf(e.getMessage()).contains(problem), e.getMessage());
    }

    private static EvaluationResult result() {
        Dataset qa = new Dataset(
                "qa",
                Path.of("data/qa.csv"),
                "abc",
                List.of(
                        new Example("7", "in", "11", TWELVE),
                        new Example("b", "in", "1", List.of("a", "b")),
                        new Example("007", "in", "0", List.of("a", "b"))));
        Dataset sum = new Dataset(
                "sum", Path.of("data/sum.csv"), "def", List.of(new Example("0", "in", "line one", List.of())));
        double[] twelve = new double[12];
        Arrays.fill(twelve, -1);
        twelve[11] = -0.5;
        List<Prediction> choices = List.of(
                Prediction.ofScores("7", twelve),
                Prediction.ofScores("b", new double[] {-0.25, -2.5}),
                Prediction.ofScores("007", new double[] {-2, -1}));
        List<Prediction> texts = List.of(Prediction.ofText("0", "Line one,\nline \"two\""));
        return new EvaluationResult(
                List.of(DatasetResult.score(qa, choices, false), DatasetResult.score(sum, texts, false)));
    }

    private static List<String> fieldNames(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
