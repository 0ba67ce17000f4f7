package org.llmmerging.eval.task;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.llmmerging.eval.task.UnreadableDataset.assertContains;

/** What {@link Dataset#read} says about files that it cannot read. */
class DatasetProblemsTest {
    private static final String HEADER = "id,input,target,answer_choices,eval_type\n";

    @TempDir
    private Path folder;

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
                        + "10,in\n"
                        + "11,in, and more,out,,generation\n");
        assertContains(
                message,
                "12 problems",
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
                "row 11 (line 13): 2 cells under a header of 5",
                "row 12 (line 14): 6 cells under a header of 5");
    }

    @Test
    void leavesBadRowsOutOnRequestAndSaysWhy() throws IOException {
        Path file = folder.resolve("rows.csv");
        Files.writeString(file, """
                id,input,target,answer_choices,eval_type
                a,in,0,"['x', 'y']",multiple_choice
                b,,7,"['x', 'y']",multiple_choice
                c,too,few
                a,in,out,,generation
                d,in,out,,generation
                """);
        Dataset dataset = Dataset.read(file, true);
        assertEquals(List.of("a", "d"), dataset.examples().stream().map(row -> row.id()).toList());
        assertEquals(List.of("row 1 (line 2)", "row 5 (line 6)"), dataset.places());
        List<String> skipped = dataset.skipped().stream().map(SkippedRow::place).sorted().toList();
        assertEquals(List.of("row 2 (line 3)", "row 3 (line 4)", "row 4 (line 5)"), skipped);
        String both = dataset.skipped().stream()
                .filter(row -> row.place().startsWith("row 2"))
                .map(SkippedRow::reason)
                .findFirst()
                .orElseThrow();
        assertContains(both, "the prompt is empty", "'7' is out of range");
        assertEquals(3, dataset.limit(1).skipped().size());

        Files.writeString(file, "id,input,eval_type\na,,generation\n");
        DatasetException e = assertThrows(DatasetException.class, () -> Dataset.read(file, true));
        assertContains(String.valueOf(e.getMessage()), "every row has a problem", "row 1 (line 2)");
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
        assertContains(
                problem("d.csv", HEADER + "0,\"never closed,out,,generation\n"),
                "d.csv",
                "line 2",
                "close every double quote");
        assertContains(
                problem("d.csv", HEADER + "0,\"a\" b,out,,generation\n"),
                "d.csv",
                "line 2",
                "close every double quote");
    }

    @Test
    void saysHowLargeARowMayBe() throws IOException {
        Path file = folder.resolve("d.csv");
        Files.writeString(file, HEADER + "0,\"" + "x".repeat(1 << 26) + "y\",out,,generation\n");
        assertContains(UnreadableDataset.problem(file), "67108864", "line 2", "shorten the cells of this row");
    }

    /** What a cell holds could otherwise end the line, be a command to the terminal, or fill it. */
    @Test
    void showsACellOnOneLineAndNotAtAnyLength() throws IOException {
        assertContains(
                problem("d.csv", HEADER + "\"a\n\u001b[2J\",in,out,,generation\n\"a\n\u001b[2J\",in,out,,\"es\nsay\"\n"
                        + "1,in," + "9".repeat(200) + ",\"['a']\",multiple_choice\n"),
                "column id: 'a\\n\\u001b[2J' is the id of row 1",
                "column eval_type: 'es\\nsay' is not known",
                "column target: '" + "9".repeat(120) + "… (200 characters)' is out of range");
    }

    @Test
    void namesColumnsThatAreThereTwice() throws IOException {
        assertContains(
                problem("d.csv", "id,input,input,eval_type\n0,,in,essay\n"),
                "3 problems",
                "line 1: two columns have the name 'input'; rename or remove one",
                "'essay' is not known");
    }

    @Test
    void refusesOtherEncodingsAndSaysWhere() throws IOException {
        Path file = folder.resolve("latin.csv");
        Files.write(file, (HEADER + "0,caf\u00e9,out,,generation\n").getBytes(StandardCharsets.ISO_8859_1));
        assertContains(UnreadableDataset.problem(file), "latin.csv", "line 2, byte " + (HEADER.length() + 5),
                "not UTF-8");
    }

    @Test
    void refusesWhatIsNoFile() {
        assertContains(UnreadableDataset.problem(folder.resolve("absent.csv")), "absent.csv", "no such file");
        assertContains(UnreadableDataset.problem(folder), "not a regular file");
    }

    @Test
    void recognizesAGitLfsPointer() throws IOException {
        assertContains(
                problem("d.csv", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"), "git lfs pull");
    }

    private String problem(String name, String content) throws IOException {
        return UnreadableDataset.problem(Files.writeString(folder.resolve(name), content));
    }
}
