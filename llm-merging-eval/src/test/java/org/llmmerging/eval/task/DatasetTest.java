package org.llmmerging.eval.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.Example;

class DatasetTest {
    private static final String HEADER = "id,input,target,answer_choices,eval_type\n";

    @TempDir
    private Path folder;

    @Test
    void readsTheKitsCsv() throws Exception {
        String csv = HEADER
                + "0,\"Which, of \"\"these\"\"?\nA. one\r\nB. two\",1,\"['A', \"\"it's\"\"]\",multiple_choice\n"
                + "1,Summarize.,A summary.,None,generation\n";
        Dataset dataset = read("mixed.csv", csv);
        assertEquals("mixed", dataset.name());
        assertEquals(
                List.of(
                        new Example("0", "Which, of \"these\"?\nA. one\r\nB. two", "1", List.of("A", "it's")),
                        new Example("1", "Summarize.", "A summary.", List.of())),
                dataset.examples());
        assertEquals(2, dataset.size());
        assertEquals(1, dataset.multipleChoiceCount());
        assertEquals(2, dataset.scoredCount());
        assertEquals(sha256(csv), dataset.sha256());
    }

    @Test
    void columnsMayStandInAnyOrderWithOthersAmongThem() throws IOException {
        Dataset dataset = read("d.csv", "eval_type,source,target,input,id\ngeneration,web,out,in,7\n");
        assertEquals(List.of(new Example("7", "in", "out", List.of())), dataset.examples());
    }

    @Test
    void aByteOrderMarkIsNoPartOfTheHeader() throws IOException {
        assertEquals(1, read("d.csv", "\uFEFF" + HEADER + "0,in,out,,generation\n").size());
    }

    @Test
    void aTestSetHasNoTargets() throws IOException {
        Dataset dataset = read(
                "test.csv", "id,input,eval_type,answer_choices\n0,in,generation,\n1,in,multiple_choice,\"['a', 'b']\"\n");
        assertNull(dataset.examples().get(0).target());
        assertNull(dataset.examples().get(1).target());
        assertEquals(0, dataset.scoredCount());
    }

    @Test
    void aTargetMayBeWithheldInSomeRows() throws IOException {
        Dataset dataset = read(
                "d.csv", HEADER + "0,in,,\"['a']\",multiple_choice\n1,in,0.0,\"['a']\",multiple_choice\n");
        assertNull(dataset.examples().get(0).target());
        assertEquals("0", dataset.examples().get(1).target());
    }

    /** The kit's test set has generation rows with a list of labels. */
    @Test
    void choicesOfAGenerationRowAreIgnored() throws IOException {
        Dataset dataset = read("d.csv", HEADER + "0,in,None,\"['Similar', 'Dissimilar']\",generation\n");
        assertEquals(List.of(new Example("0", "in", "None", List.of())), dataset.examples());
    }

    @Test
    void readsJsonLines() throws IOException {
        Dataset dataset = read(
                "d.jsonl",
                """
                {"id": 5, "input": "in", "target": 1, "answer_choices": ["a", "b"], "eval_type": "multiple_choice"}
                {"id": "x", "input": "in", "target": "out", "answer_choices": null, "eval_type": "generation"}
                """);
        assertEquals(
                List.of(new Example("5", "in", "1", List.of("a", "b")), new Example("x", "in", "out", List.of())),
                dataset.examples());
    }

    @Test
    void readsTheOlderJsonFormWithLabels() throws IOException {
        Dataset dataset = read(
                "d.json",
                """
                {"input": "in", "target": "b", "answer_choices": ["a", "b"], "label": 1}
                {"input": "in", "target": "out"}
                """);
        assertEquals(
                List.of(new Example("0", "in", "1", List.of("a", "b")), new Example("1", "in", "out", List.of())),
                dataset.examples());
    }

    @Test
    void readsAJsonArray() throws IOException {
        assertEquals(2, read("d.json", "[{\"input\": \"a\"},\n {\"input\": \"b\"}]").size());
    }

    @Test
    void keepsTextOfAnyScriptAndLength() throws IOException {
        String input = "이것은 😀 שלום " + "x".repeat(10_000_000);
        assertEquals(
                input,
                read("d.csv", HEADER + "0,\"" + input + "\",out,,generation\n")
                        .examples()
                        .getFirst()
                        .input());
    }

    @Test
    void namesEveryMissingColumn() throws IOException {
        String message = problem("d.csv", "id,prompt\n0,in\n");
        assertContains(message, "d.csv", "column input is missing", "column eval_type is missing", "id, prompt");
        assertContains(
                problem("d.csv", "id,input,eval_type\n0,in,multiple_choice\n"), "column answer_choices is missing");
    }

    @Test
    void suspectsAMisspelledOptionalColumn() throws IOException {
        assertContains(
                problem("d.csv", "id,input,Targets,eval_type\n0,in,out,generation\n"),
                "'Targets' is not known",
                "rename it to target");
    }

    @Test
    void tellsEveryProblemAtOnceWithRowLineAndColumn() throws IOException {
        String message = problem(
                "d.csv",
                HEADER
                        + "0,\"two\nlines\",4,\"['a', 'b']\",multiple_choice\n"
                        + "1,in,0,A or B,multiple_choice\n"
                        + "2,in,0,[],multiple_choice\n"
                        + "3,in,0,\"['a', '']\",multiple_choice\n"
                        + "0,in,out,,generation\n"
                        + "5,,out,,generation\n"
                        + "6,in,out,,essay\n"
                        + "7,in,-1,\"['a', 'b']\",multiple_choice\n"
                        + "8,in,0,,multiple_choice\n"
                        + ",in,out,,generation\n"
                        + "10,in\n");
        assertContains(
                message,
                "11 problems",
                "row 1 (line 2), column target: '4' is out of range",
                "0 to 1",
                "row 2 (line 4), column answer_choices: this is no list of strings",
                "row 3 (line 5), column answer_choices: the list is empty",
                "row 4 (line 6), column answer_choices: choice 1 (from 0) is empty",
                "row 5 (line 7), column id: '0' is the id of row 1 (line 2) too",
                "row 6 (line 8), column input: the prompt is empty",
                "row 7 (line 9), column eval_type: 'essay' is not known",
                "row 8 (line 10), column target: '-1' is out of range",
                "row 9 (line 11), column answer_choices: a multiple_choice row needs choices",
                "row 10 (line 12), column id: there is no id",
                "row 11 (line 13): 2 cells under a header of 5");
    }

    @Test
    void tellsTheFirstTwentyOfManyProblems() throws IOException {
        StringBuilder csv = new StringBuilder(HEADER);
        for (int i = 0; i < 500; i++) {
            csv.append(i).append(",,out,,generation\n");
        }
        String message = problem("d.csv", csv.toString());
        assertEquals(22, message.lines().count());
        assertContains(message, "500 problems", "and 480 more");
    }

    @Test
    void refusesWhatHasNoRows() throws IOException {
        assertContains(problem("d.csv", ""), "the file is empty");
        assertContains(problem("d.csv", HEADER), "there are no rows");
        assertContains(problem("d.jsonl", "\n"), "there are no rows");
    }

    @Test
    void refusesBrokenCsv() throws IOException {
        assertContains(problem("d.csv", HEADER + "0,\"never closed,out,,generation\n"), "d.csv", "quote");
        assertContains(problem("d.csv", HEADER + "0,\"a\" b,out,,generation\n"), "d.csv", "quote");
    }

    @Test
    void refusesBrokenJson() throws IOException {
        assertContains(problem("d.jsonl", "{\"input\": \"a\"}\n{\"input\": \n"), "line 3", "one JSON object to a line");
        assertContains(problem("d.jsonl", "{\"input\": \"a\", \"input\": \"b\"}"), "Duplicate");
        assertContains(problem("d.jsonl", "{\"input\": \"a\"}\n7\n"), "row 2 (line 2): this is not a JSON object");
        assertContains(problem("d.json", "[{\"input\": \"a\"}] 3"), "text follows the array");
        assertContains(problem("d.json", "{\"target\": \"a\"}"), "row 1 (line 1): column input is missing");
        assertContains(
                problem("d.json", "{\"input\": \"a\", \"answer_choices\": [\"a\", 1], \"label\": 0}"),
                "an element must be a string, not 1");
        assertContains(
                problem("d.json", "{\"input\": \"a\", \"answer_choices\": {\"a\": 1}, \"label\": 0}"),
                "this is not a list");
        assertContains(
                problem("d.json", "{\"input\": \"a\", \"answer_choices\": [\"a\"], \"label\": 1}"),
                "column target: '1' is out of range");
    }

    @Test
    void refusesOtherEncodingsAndSaysWhere() throws IOException {
        Path file = folder.resolve("latin.csv");
        Files.write(file, (HEADER + "0,caf\u00e9,out,,generation\n").getBytes(StandardCharsets.ISO_8859_1));
        assertContains(problem(file), "latin.csv", "line 2, byte " + (HEADER.length() + 5), "not UTF-8");
    }

    @Test
    void refusesWhatIsNoFile() {
        assertContains(problem(folder.resolve("absent.csv")), "absent.csv", "no such file");
        assertContains(problem(folder), "not a regular file");
    }

    @Test
    void recognizesAGitLfsPointer() throws IOException {
        assertContains(
                problem("d.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"), "git lfs pull");
    }

    private Dataset read(String name, String content) throws IOException {
        return Dataset.read(Files.writeString(folder.resolve(name), content));
    }

    private String problem(String name, String content) throws IOException {
        return problem(Files.writeString(folder.resolve(name), content));
    }

    private static String problem(Path file) {
        DatasetException e = assertThrows(DatasetException.class, () -> Dataset.read(file));
        assertEquals(5, e.exitCode());
        return String.valueOf(e.getMessage());
    }

    private static void assertContains(String message, String... parts) {
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "'" + part + "' is not in: " + message);
        }
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }
}
