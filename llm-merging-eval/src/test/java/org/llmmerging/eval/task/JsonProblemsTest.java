package org.llmmerging.eval.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.Example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.llmmerging.eval.task.UnreadableDataset.assertContains;

/** What {@link Dataset#read} says about files of JSON that it cannot read. */
class JsonProblemsTest {
    @TempDir
    private Path folder;

    @Test
    void refusesBrokenJson() throws IOException {
        assertContains(problem("d.jsonl", "{\"input\": \"a\"}\n{\"input\": \n"), "row 2 (line 2)",
                "one JSON object to a line");
        assertContains(problem("d.jsonl", "{\"input\": \"a\", \"input\": \"b\"}"), "Duplicate");
        assertContains(problem("d.jsonl", "{\"input\": \"a\"}\n7\n"), "row 2 (line 2): this is not a JSON object");
        assertContains(problem("d.json", "[{\"input\": \"a\"}] 3"), "line 1: text follows the array");
        assertContains(
                problem("d.json", "[{\"input\": \"a\"},\n{\"input\": }]"), "line 2",
                "write an array of JSON objects, whole");
        assertContains(problem("d.json", "{\"target\": \"a\"}"), "row 1 (line 1), column input is missing");
        assertContains(
                problem("d.json", "{\"input\": \"a\", \"answer_choices\": [\"a\", 1], \"label\": 0}"),
                "an element must be a string, not 1");
        assertContains(
                problem("d.json", "{\"input\": \"a\", \"answer_choices\": {\"a\": 1}, \"label\": 0}"),
                "this is not a list");
        assertContains(
                problem("d.json", "{\"input\": \"a\", \"answer_choices\": [\"a\"], \"label\": 1}"),
                "column label: '1' is out of range");
    }

    @Test
    void tellsATypeThatIsNeitherTextNorANumberFromNothing() throws IOException {
        String choosing = "{\"input\": \"a\", \"answer_choices\": [\"x\", \"y\"], \"target\": \"y\", \"label\": ";
        assertContains(
                problem("d.jsonl", """
                        {"input": "a", "target": ["a b c"]}
                        {"input": "a", "target": true}
                        {"input": "a", "eval_type": {"a": 1}}
                        {"input": ["a"]}
                        {"id": [7], "input": "a"}
                        %s[1]}
                        """.formatted(choosing)),
                "6 problems",
                "row 1 (line 1), column target: this is neither text nor a number: [\"a b c\"]; write",
                "row 2 (line 2), column target: this is neither text nor a number: true",
                "row 3 (line 3), column eval_type: this is neither text nor a number: {\"a\":1}",
                "row 4 (line 4), column input: this is neither text nor a number: [\"a\"]",
                "row 5 (line 5), column id: this is neither text nor a number: [7]",
                "row 6 (line 6), column label: this is neither text nor a number: [1]");
        Path file = Files.writeString(folder.resolve("d.jsonl"), "{\"input\": \"a\", \"target\": null}");
        assertNull(Dataset.read(file).examples().getFirst().target());
    }

    @Test
    void refusesHalvesOfSurrogatePairs() throws IOException {
        assertContains(
                problem("d.jsonl", """
                        {"input": "a\\ud83d", "target": "t"}
                        {"input": "a", "target": "\\udc00"}
                        {"id": "\\ud800", "input": "a"}
                        {"input": "a", "answer_choices": ["\\ud800", "b"]}
                        {"input": "\\ud83d\\ude00"}
                        """),
                "4 problems",
                "row 1 (line 1), column input: half of a surrogate pair is no character",
                "row 2 (line 2), column target: half of",
                "row 3 (line 3), column id: half of",
                "row 4 (line 4), column answer_choices: this is no list of strings: half of");
    }

    @Test
    void losesNoIndentedObjectBehindABrokenOne() throws IOException {
        assertContains(
                problem("d.jsonl", "{\"input\": NaN}\n \t{\"input\": \"a\", \"target\": true}\n{\"input\": []}\n"),
                "3 problems",
                "row 2 (line 2), column target: this is neither text nor a number",
                "row 3 (line 3), column input: this is neither text nor a number");
    }

    @Test
    void takesNoPartOfABrokenObjectForARow() throws IOException {
        String broken = "  {\n    \"input\": \"a\", \"score\": NaN, \"shots\": [\n      {\"input\": \"b\"}\n    ]\n  }\n";
        assertContains(
                problem("d.jsonl", broken + "  {\"input\": []}\n"),
                "2 problems",
                "row 1 (line 1): Non-standard token 'NaN'",
                "row 2 (line 6), column input: this is neither text nor a number");
        assertContains(
                problem("d.jsonl",
                        "{\"input\": NaN, \"meta\": {},\n\"shots\": [\n{\"input\": \"}\\\"\"}\n]}\n{\"input\": []}\n"),
                "2 problems",
                "row 2 (line 5), column input: this is neither text nor a number");
    }

    @Test
    void losesNoRowBehindALineThatWasCutOff() throws IOException {
        assertContains(
                problem("d.jsonl", "{\"input\": \"a\n {\"input\": []}\n\t{\"input\": []}\n{\"input\": []}\n"),
                "4 problems",
                "row 2 (line 2), column input: this is neither text nor a number",
                "row 3 (line 3), column input: this is neither text nor a number",
                "row 4 (line 4), column input: this is neither text nor a number");
    }

    @Test
    void givesNoAdviceToProgrammers() throws IOException {
        String message = problem("d.jsonl", "{\"input\": NaN}\n{\"input\": \"a\", \"n\": " + "1".repeat(2000) + "}\n");
        assertContains(
                message, "row 1 (line 1): Non-standard token 'NaN', which JSON does not have; write",
                "row 2 (line 2): Number value length (2000) exceeds the maximum allowed (1000); write");
    }

    @Test
    void readsManyBrokenLinesInOnePass() throws IOException {
        Path file = Files.writeString(folder.resolve("d.jsonl"), "{\"input\": \"a\", }\n".repeat(60_000));
        String message = assertTimeoutPreemptively(Duration.ofMinutes(1), () -> UnreadableDataset.problem(file));
        assertContains(message, "60000 problems", "row 20 (line 20)");
    }

    @Test
    void goesOnAfterABrokenLine() throws IOException {
        Path file = Files.writeString(folder.resolve("d.jsonl"), """
                {"input": "first", "target": "a"}

                garbage
                {"input": "cut off
                {"input": "second", "target": "b"}
                {"input": "third", "target": "c"
                """);
        assertContains(UnreadableDataset.problem(file), "row 2 (line 3)", "row 3 (line 4)", "row 5 (line 6)");
        Dataset dataset = Dataset.read(file, true);
        assertEquals(List.of("first", "second"), dataset.examples().stream().map(Example::input).toList());
        assertEquals(
                List.of("row 2 (line 3)", "row 3 (line 4)", "row 5 (line 6)"),
                dataset.skipped().stream().map(SkippedRow::place).toList());
    }

    @Test
    void anObjectWithACommaBehindItIsOneBrokenRow() throws IOException {
        Path file = Files.writeString(folder.resolve("d.jsonl"), """
                {"input": "first"},
                {"input": "second"}
                {"input": "third"}, garbage
                {"input": "fourth"}
                """);
        assertContains(UnreadableDataset.problem(file), "row 1 (line 1)", "row 3 (line 3)");
        Dataset dataset = Dataset.read(file, true);
        assertEquals(List.of("row 2 (line 2)", "row 4 (line 4)"), dataset.places());
        assertEquals(List.of("1", "3"), dataset.examples().stream().map(Example::id).toList());
    }

    /** The line ends of old Macs; a parser counts them. */
    @Test
    void goesOnAfterABrokenLineThatEndsWithACarriageReturn() throws IOException {
        Path file = Files.writeString(folder.resolve("d.jsonl"),
                "{\"input\": \"a\"}\r\n{broken\r{\"input\": \"b\"}\r{broken\r\n{\"input\": \"c\"}\r");
        Dataset dataset = Dataset.read(file, true);
        assertEquals(
                List.of("row 1 (line 1)", "row 3 (line 3)", "row 5 (line 5)"), dataset.places());
    }

    private String problem(String name, String content) throws IOException {
        return UnreadableDataset.problem(Files.writeString(folder.resolve(name), content));
    }
}
