package org.llmmerging.eval.task;

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

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
        assertEquals(
                1, read("d.csv", "\uFEFF" + HEADER + "0,in,out,,generation\n").size());
    }

    @Test
    void aTestSetHasNoTargets() throws IOException {
        Dataset dataset = read(
                "test.csv",
                "id,input,eval_type,answer_choices\n0,in,generation,\n1,in,multiple_choice,\"['a', 'b']\"\n");
        assertNull(dataset.examples().get(0).target());
        assertNull(dataset.examples().get(1).target());
        assertEquals(0, dataset.scoredCount());
    }

    @Test
    void aTargetMayBeWithheldInSomeRows() throws IOException {
        Dataset dataset = read("d.csv",
                HEADER + "0,in,,\"['a']\",multiple_choice\n1,in,0.0,\"['a']\",multiple_choice\n");
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
        Dataset dataset = read("d.jsonl", """
                {"id": 5, "input": "in", "target": 1, "answer_choices": ["a", "b"], "eval_type": "multiple_choice"}
                {"id": "x", "input": "in", "target": "out", "answer_choices": null, "eval_type": "generation"}
                """);
        assertEquals(
                List.of(new Example("5", "in", "1", List.of("a", "b")), new Example("x", "in", "out", List.of())),
                dataset.examples());
    }

    @Test
    void readsTheOlderJsonFormWithLabels() throws IOException {
        Dataset dataset = read("d.json", """
                {"input": "in", "target": "b", "answer_choices": ["a", "b"], "label": 1}
                {"input": "in", "target": "out"}
                """);
        assertEquals(
                List.of(new Example("0", "in", "1", List.of("a", "b")), new Example("1", "in", "out", List.of())),
                dataset.examples());
    }

    @Test
    void aTargetMayBeWithheldInJsonToo() throws IOException {
        Dataset dataset = read("d.jsonl", """
                {"input": "in", "target": ""}
                {"input": "in", "target": "", "answer_choices": ["a"]}
                {"input": "in", "target": "None", "answer_choices": ["a"]}
                {"input": "in", "target": "a", "answer_choices": ["a"], "label": ""}
                {"input": "in", "target": "None"}
                """);
        assertEquals(1, dataset.scoredCount());
        assertEquals("None", dataset.examples().getLast().target());
    }

    @Test
    void aNumberOfJsonHasTheDigitsThatTheFileGives() throws IOException {
        Dataset dataset = read("d.jsonl", """
                {"id": 1.0, "input": 12345678.5, "target": 0.0005}
                {"id": 1, "input": 1.10, "target": 12345678901234567890.25}
                {"id": 2, "input": "in", "target": 1.0, "answer_choices": ["a", "b"]}
                {"id": 3, "input": 0.0000001, "target": 1e5}
                {"id": 4, "input": 1e999999999, "target": -1e-3}
                """);
        assertEquals(
                List.of(
                        new Example("1.0", "12345678.5", "0.0005", List.of()),
                        new Example("1", "1.10", "12345678901234567890.25", List.of()),
                        new Example("2", "in", "1", List.of("a", "b")),
                        new Example("3", "0.0000001", "100000", List.of()),
                        new Example("4", "1E+999999999", "-0.001", List.of())),
                dataset.examples());
    }

    @Test
    void readsAJsonArray() throws IOException {
        assertEquals(
                2, read("d.json", "[{\"input\": \"a\"},\n {\"input\": \"b\"}]").size());
    }

    @Test
    void keepsTextOfAnyScriptAndLength() throws IOException {
        String input = "이것은 😀 שלום " + "x".repeat(20_000_000);
        assertEquals(
                input,
                read("d.csv", HEADER + "0,\"" + input + "\",out,,generation\n")
                        .examples()
                        .getFirst()
                        .input());
        assertEquals(
                input,
                read("d.jsonl", "{\"input\": \"" + input + "\"}")
                        .examples()
                        .getFirst()
                        .input());
    }

    @Test
    void limitsTakeTheFirstRowsOrARepeatableChoice() throws IOException {
        StringBuilder csv = new StringBuilder(HEADER);
        for (int i = 0; i < 50; i++) {
            csv.append(i).append(",in,out,,generation\n");
        }
        Dataset all = read("d.csv", csv.toString());
        assertEquals(List.of("0", "1", "2"), ids(all.limit(3)));
        assertEquals(all, all.limit(51));
        assertEquals(all, all.sample(50, 1));
        List<Integer> sample = ids(all.sample(10, 1)).stream().map(Integer::valueOf).toList();
        assertEquals(10, sample.size());
        assertEquals(sample.stream().sorted().distinct().toList(), sample);
        assertEquals(all.sample(10, 1), all.sample(10, 1));
        assertNotEquals(all.sample(10, 1), all.sample(10, 2));
        assertThrows(IllegalArgumentException.class, () -> all.limit(0));
    }

    private static List<String> ids(Dataset dataset) {
        return dataset.examples().stream().map(Example::id).toList();
    }

    private Dataset read(String name, String content) throws IOException {
        return Dataset.read(Files.writeString(folder.resolve(name), content));
    }

    private static String sha256(String text) throws NoSuchAlgorithmException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest);
    }
}
