package org.llmmerging.eval.train.dam.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.eval.task.DatasetException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ExampleSampleTest {
    /** Written by pyarrow. */
    private static final Path GOLDEN = Path.of("src/test/resources/golden/dam");

    @TempDir
    private Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    static ExampleSample sample(Path file, int size, long seed, boolean needsAnswers) {
        ExampleSample sample = new ExampleSample(size, seed, needsAnswers);
        sample.read(file);
        return sample;
    }

    static Set<TrainingExample> all(Path file) {
        ExampleSample sample = sample(file, 100, 1, true);
        assertEquals(List.of(), sample.badRows());
        return Set.copyOf(sample.examples());
    }

    @ParameterizedTest
    @CsvSource({
        "instruction,output", "instruction,answer", "question,answer", "query,response", "text,output", "input,target"
    })
    void knowsTheColumnsByTheirNames(String prompt, String answer) throws IOException {
        Set<TrainingExample> expected = Set.of(new TrainingExample("ask, \"me\"", "two\nlines"));
        String csv = "other," + prompt + "," + answer + "\nx,\"ask, \"\"me\"\"\",\"two\nlines\"\n";
        assertEquals(expected, all(file("a.csv", "\uFEFF" + csv)));
        String json = "{\"other\": {}, \"%s\": \"ask, \\\"me\\\"\", \"%s\": \"two\\nlines\"}".formatted(prompt, answer);
        assertEquals(expected, all(file("a.jsonl", json + "\n")));
        assertEquals(expected, all(file("a.json", "[" + json + "]")));
    }

    @Test
    void putsTheInputBehindTheInstruction() throws IOException {
        Path file = file("a.csv", "instruction,input,output\nTranslate.,Hund,dog\nSing.,,la\n");
        assertEquals(
                Set.of(new TrainingExample("Translate.\n\nHund", "dog"), new TrainingExample("Sing.", "la")),
                all(file));
    }

    @Test
    void takesTheTextOfTheChosenChoice() throws IOException {
        Path csv = file("a.csv",
                "input,target,answer_choices,eval_type\nPick,1,\"['a', \"\"it's\"\"]\",multiple_choice\n"
                        + "Say,hello,,generation\n");
        assertEquals(Set.of(new TrainingExample("Pick", "it's"), new TrainingExample("Say", "hello")), all(csv));
        Path json = file("a.jsonl", "{\"input\": \"Pick\", \"target\": 0, \"answer_choices\": [\"a\", \"b\"]}");
        assertEquals(Set.of(new TrainingExample("Pick", "a")), all(json));
        Path gap = file("b.jsonl", "{\"input\": \"Pick\", \"target\": \"null\", \"answer_choices\": [null, \"a\"]}");
        assertEquals(
                List.of(gap + ": row 1 (line 1): target is 'null', which is no index of one of the 2 choices, from 0,"
                        + " and none of them"),
                sample(gap, 5, 1, true).badRows());
    }

    /** As pandas writes a column of numbers that has gaps; a number that is no index may be a choice. */
    @ParameterizedTest
    @CsvSource({"1.0, 15", "1, 15", "0, 12", "15, 15", "12, 12"})
    void readsIndicesAsTheEvaluationDoes(String target, String answer) throws IOException {
        Set<TrainingExample> expected = Set.of(new TrainingExample("Pick", answer));
        Path csv = file("a.csv", "input,target,answer_choices\nPick," + target + ",\"['12', '15']\"\n");
        assertEquals(expected, all(csv));
        String json = "{\"input\": \"Pick\", \"target\": %s, \"answer_choices\": [\"12\", \"15\"]}".formatted(target);
        assertEquals(expected, all(file("a.jsonl", json)));
    }

    @Test
    void takesWholeTextsForDecodersOnly() throws IOException {
        Path file = file("a.csv", "text\nall of it\n");
        assertEquals(
                List.of(new TrainingExample("all of it", "")), sample(file, 5, 1, false).examples());
        assertThrows(DatasetException.class, () -> sample(file, 5, 1, true));
    }

    @Test
    void saysOfWhichTypeAValueIsThatIsNoText() throws IOException {
        Path file = file("a.jsonl", """
                {"input": "a", "target": true}
                {"input": "a", "target": {"text": "b"}}
                {"input": ["a"], "target": "b"}
                {"input": "a", "target": "b", "answer_choices": [{"text": "b"}]}
                {"input": "a", "target": "b", "answer_choices": false}
                {"input": "a", "target": 0, "answer_choices": [true, false]}
                {"input": "a", "target": 0, "answer_choices": [["a"]]}
                """);
        String problems = String.join("\n", sample(file, 5, 1, true).badRows()).replace(file + ": ", "");
        assertEquals("""
                row 1 (line 1): column target is of type boolean, not text or a number
                row 2 (line 2): column target is of type object, not text or a number
                row 3 (line 3): column input is of type list, not text or a number
                row 4 (line 4): column answer_choices is of type list of object, not a list of texts or numbers
                row 5 (line 5): column answer_choices is of type boolean, not a list of texts or numbers
                row 6 (line 6): column answer_choices is of type list of boolean, not a list of texts or numbers
                row 7 (line 7): column answer_choices is of type list of list, not a list of texts or numbers""",
                problems);
    }

    @Test
    void aRowThatLacksAColumnIsABadRow() throws IOException {
        Path file = file("a.jsonl", """
                {"input": "a", "target": "b"}
                {"input": "c"}
                {"input": "d"}
                {"input": "e", "target": "f"}
                """);
        ExampleSample sample = sample(file, 5, 1, true);
        assertEquals(
                Set.of(new TrainingExample("a", "b"), new TrainingExample("e", "f")), Set.copyOf(sample.examples()));
        assertEquals(2, sample.badCount());
        String problem = sample.badRows().getLast();
        assertTrue(problem.startsWith(file + ": row 3 (line 3): no column with the answers; the columns are input."),
                problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.csv", "a.jsonl"})
    void namesTheFileItsColumnsAndThoseThatAreKnown(String name) throws IOException {
        Path file = file(name, name.endsWith("csv") ? "prompt,reply\na,b\n" : "{\"prompt\": \"a\", \"reply\": \"b\"}");
        DatasetException e = assertThrows(DatasetException.class, () -> sample(file, 5, 1, false));
        assertTrue(e.getMessage().startsWith(file + ": no column with the prompts; the columns are prompt, reply. Known"
                + " are instruction, question, query, input, text for prompts and output, answer, response, target for"
                + " answers"), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            nullValues = "-",
            value = {
                "a.csv|| the file is empty",
                "a.csv| input,target| there are no rows",
                "a.csv| input,input\\n1,2| two columns have the name 'input'",
                "a.csv| input,target\\na,b,c| row 1 (line 2): 3 cells under a header of 2",
                "a.csv| input,target\\n\"a,b| close every double quote",
                "a.jsonl| {\"input\": \"a\", \"target\": | line 1",
                "a.json| [{\"input\": 1, \"target\": 2}]\\n[{\"input\": 3, \"target\": 4}]| line 2: text follows the array",
                "a.json| [{\"input\": 1, \"target\": 2}, | write an array of JSON objects, whole",
                "a.jsonl| [1]| row 1 (line 1): this is not a JSON object",
                "a.jsonl| {\"input\": 1, \"input\": 2}| Duplicate field",
                "a.parquet| PAR1 nonsense PAR1| this is no Parquet file that can be read",
                "a.parquet|| this is no Parquet file that can be read",
                "a.txt| input| this is no data file by its name"
            })
    void saysWhatIsWrongWithAFile(String name, String text, String problem) throws IOException {
        Path file = file(name, text == null ? "" : text.replace("\\n", "\n"));
        DatasetException e = assertThrows(DatasetException.class, () -> sample(file, 5, 1, false));
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertTrue(e.getMessage().contains(problem), e.getMessage());
    }

    @Test
    void refusesAFileThatIsNotUtf8() throws IOException {
        Path file = folder.resolve("a.csv");
        Files.write(file, "input,target\né,b\n".getBytes(StandardCharsets.ISO_8859_1));
        DatasetException e = assertThrows(DatasetException.class, () -> sample(file, 5, 1, false));
        assertTrue(e.getMessage().contains("this is not UTF-8"), e.getMessage());
        Path json = folder.resolve("a.jsonl");
        Files.write(json, "{\"input\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1));
        e = assertThrows(DatasetException.class, () -> sample(json, 5, 1, false));
        assertTrue(e.getMessage().contains("this is not UTF-8"), e.getMessage());
        Path cut = folder.resolve("cut.parquet");
        byte[] whole = Files.readAllBytes(GOLDEN.resolve("rows.parquet"));
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
        assertThrows(DatasetException.class, () -> sample(cut, 5, 1, false));
    }

    /** Its first page is never mapped, so that reading it fails as a broken disk does. */
    @ParameterizedTest
    @ValueSource(strings = {"a.csv", "a.jsonl"})
    @EnabledOnOs(OS.LINUX)
    void tellsADiskThatFailsFromAMalformedFile(String name) throws IOException {
        Path file = Files.createSymbolicLink(folder.resolve(name), Path.of("/proc/self/mem"));
        DatasetException e = assertThrows(DatasetException.class, () -> sample(file, 5, 1, false));
        assertEquals(
                file + ": the file cannot be read (Input/output error); check its permissions and its disk",
                e.getMessage());
        Files.delete(file);
    }

    @Test
    void countsRowsThatCannotBeUsed() throws IOException {
        Path file = file("a.csv", "input,target,answer_choices\n ,b,\na,,\na,5,\"['x']\"\na,0,[x]\na,b,\n");
        ExampleSample sample = sample(file, 5, 1, false);
        assertEquals(List.of(new TrainingExample("a", "b")), sample.examples());
        assertEquals(4, sample.badCount());
        assertEquals(file + ": row 1 (line 2): column input is empty", sample.badRows().get(0));
        assertTrue(sample.badRows().get(2).contains("no index of one of the 1 choices"));
    }

    @Test
    void theSameSeedChoosesTheSameRowsInTheSameOrder() throws IOException {
        StringBuilder text = new StringBuilder("input,target\n");
        for (int i = 0; i < 200; i++) {
            text.append("ask ").append(i).append(",answer\n");
        }
        Path file = file("a.csv", text.toString());
        List<TrainingExample> chosen = sample(file, 20, 7, false).examples();
        assertEquals(20, new HashSet<>(chosen).size());
        assertEquals(chosen, sample(file, 20, 7, false).examples());
        assertNotEquals(chosen, sample(file, 20, 8, false).examples());
        // More rows of the same seed begin with the same, and all of them are in no order of the file.
        assertEquals(chosen, sample(file, 200, 7, false).examples().subList(0, 20));
        assertNotEquals(chosen.stream().sorted(Comparator.comparing(TrainingExample::prompt)).toList(), chosen);
    }

    @Test
    void everyRowIsChosenEquallyOften() throws IOException {
        Path file = file("a.csv", "input,target\n0,x\n1,x\n2,x\n3,x\n");
        int[] counts = new int[4];
        for (long seed = 0; seed < 400; seed++) {
            sample(file, 1, seed, false).examples().forEach(each -> counts[Integer.parseInt(each.prompt())]++);
        }
        for (int count : counts) {
            // 100 expected, standard deviation 8.7: six of them.
            assertTrue(Math.abs(count - 100) < 52, Arrays.toString(counts));
        }
    }

    @Test
    void findsTheTrainingRowsOfAFolder() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Path train = file("data/train-00000-of-00001.jsonl", "");
        file("data/test-00000-of-00001.jsonl", "");
        file("README.md", "");
        file("dataset_info.json", "");
        assertEquals(List.of(train), SourceFiles.in(folder));
        Files.delete(train);
        assertThrows(DatasetException.class, () -> SourceFiles.in(folder));
        Path rows = file("rows.csv", "");
        assertEquals(List.of(rows), SourceFiles.in(folder));
        assertFalse(SourceFiles.in(folder).isEmpty());
    }
}
