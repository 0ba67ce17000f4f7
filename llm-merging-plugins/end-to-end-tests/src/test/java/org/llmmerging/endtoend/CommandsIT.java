package org.llmmerging.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

/** The commands beside {@code -m}, and what the launcher promises for all of them. */
class CommandsIT {
    @TempDir
    Path folder;

    @Test
    void listNamesWhatIsRegisteredAndWhereItComesFrom() throws Exception {
        Outcome text = Kit.in(folder).run("list").succeeded();
        JsonNode json = new ObjectMapper().readTree(Kit.in(folder).run("list", "--json").succeeded().lastLine());

        TreeSet<String> names = new TreeSet<>();
        for (JsonNode entry : json.get("names")) {
            names.add(entry.get("name").textValue());
            assertTrue(
                    text.output().stream().map(line -> line.strip().split(" +")).anyMatch(
                            row -> List.of(row).equals(List.of(
                                    entry.get("name").textValue(),
                                    entry.get("method").textValue(),
                                    entry.get("architecture").textValue(),
                                    entry.get("models").toString(),
                                    entry.get("from").textValue()))),
                    () -> "no row of " + entry + " in " + text);
        }
        TreeSet<String> expected = new TreeSet<>(NamesIT.names());
        for (String architecture : List.of("flan_t5", "llama", "llama2", "llama3", "mistral")) {
            expected.add("dam_" + architecture);
            expected.add("dare_" + architecture);
            expected.add("dare_ties_" + architecture);
            expected.add("soup_greedy_" + architecture);
        }
        assertEquals(53, expected.size());
        assertEquals(expected, names);
        assertEquals("plugins/flan-t5.jar", entry(json, "flant5_avg").get("from").textValue());
        assertEquals("llama2", entry(json, "llama_avg").get("architecture").textValue());
        assertEquals(2, entry(json, "slerp_llama3").get("models").intValue());
        List<String> methods = new ArrayList<>();
        json.get("methods").forEach(method -> methods.add(method.get("method").textValue()));
        assertTrue(
                methods.containsAll(List.of(
                        "linear", "slerp", "task_arithmetic", "ties", "dare_linear", "dare_ties", "model_stock")),
                methods::toString);
    }

    private static JsonNode entry(JsonNode list, String name) {
        for (JsonNode entry : list.get("names")) {
            if (entry.get("name").textValue().equals(name)) {
                return entry;
            }
        }
        throw new AssertionError(name + " is not listed");
    }

    /** The first run unpacks them, and a home may be full or read-only: that is no fault of the model. */
    @Test
    void nativeLibrariesThatCannotBeUnpackedAreNamedWithTheirFolder() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        Kit.in(folder)
                .with("DJL_CACHE_DIR", file)
                .run("eval", Kit.REPOSITORY.resolve("models/llama/base"), "--dataset_filepaths", Inputs.quiz(folder))
                .failed(2, "the tokenizers library cannot be loaded", "It is unpacked in " + file, "DJL_CACHE_DIR");
    }

    @Test
    void evalScoresAModelFolderAndScoreItsPredictions() throws Exception {
        Path model = Kit.REPOSITORY.resolve("models/llama3/reasoning");
        Path quiz = Inputs.quiz(folder);
        Outcome eval = Kit.in(folder)
                .run("eval", model, "--dataset_filepaths", quiz, Inputs.hello(folder), "--max_gen_len", 3)
                .succeeded();
        Path written = folder.resolve("output/reasoning");
        assertEquals(
                new TreeSet<>(List.of("predictions", "predictions/hello.csv", "predictions/hello.jsonl",
                        "predictions/quiz.csv", "predictions/quiz.jsonl", "scores.json", "scores.jsonl")),
                Inputs.tree(written));

        ObjectMapper json = new ObjectMapper();
        for (String form : List.of("csv", "jsonl")) {
            Path predictions = written.resolve("predictions/quiz." + form);
            Outcome score = Kit.in(folder).run("score", "--dataset", quiz, "--predictions", predictions).succeeded();
            assertEquals(
                    json.readTree(eval.lastLine()).get("quiz"), json.readTree(score.lastLine()).get("quiz"));
        }
    }

    @Test
    void argumentsMayHoldSpacesAndAnyLetters() throws Exception {
        Path odd = Files.createDirectory(folder.resolve("a folder, 폴더 \"ü\" $HOME"));
        Path quiz = Files.copy(Inputs.quiz(folder), odd.resolve("two words.csv"));
        Path config = Files.writeString(odd.resolve("my config.yaml"), Inputs.config("avg_llama3"));
        Outcome outcome = Kit.in(odd)
                .run("-m", "avg_llama3", "--config", config, "--dataset_filepaths", quiz, "--output_folder", "the out")
                .succeeded();
        assertTrue(outcome.lastLine().startsWith("{\"two words\": {\"accuracy\": "), outcome::toString);
        assertTrue(Files.exists(odd.resolve("the out/avg_llama3/predictions/two words.jsonl")));
    }

    @Test
    void aSecondRunReplacesTheModelAndKeepsTheHistoryOfScores() throws Exception {
        Path quiz = Inputs.quiz(folder);
        Path history = folder.resolve("output/slerp_llama3/scores.jsonl");
        for (int run = 1; run <= 2; run++) {
            Outcome outcome = Kit.in(folder).run("-m", "slerp_llama3", "--dataset_filepaths", quiz).succeeded();
            assertEquals(run, Files.readAllLines(history).size());
            assertEquals(outcome.lastLine(), Files.readAllLines(history).getLast());
        }
        assertEquals(new TreeSet<>(List.of("slerp_llama3")), firstLevel(folder.resolve("output")));
    }

    @Test
    void aHistoryThatMayNotBeReadIsFoundBeforeTheMerge() throws Exception {
        Path output = Files.createDirectories(folder.resolve("output/slerp_llama3"));
        Path history = Files.writeString(output.resolve("scores.jsonl"), "{}\n");
        Files.setPosixFilePermissions(history, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(history), "the superuser reads everything");
        Kit.in(folder)
                .run("-m", "slerp_llama3", "--dataset_filepaths", Inputs.quiz(folder))
                .failed(4, "scores.jsonl: may not be read. Change its permissions");
    }

    @Test
    void aParameterThatIsPassedOverIsNotedOnTheModelCardToo() throws Exception {
        Path config = Files.writeString(folder.resolve("c.yaml"),
                Inputs.config("avg_llama3") + "parameters: {density: 0.5}\n");
        String note = "method linear has no parameter 'density', as others have, and passes over it";
        Outcome outcome = Kit.in(folder)
                .run("-m", "avg_llama3", "--config", config, "--dataset_filepaths", Inputs.hello(folder))
                .succeeded();
        assertTrue(outcome.messages().contains("c.yaml:14:23: " + note), outcome::toString);
        String card = Files.readString(folder.resolve("output/avg_llama3/README.md"));
        assertTrue(card.contains("\n- " + note), card);
    }

    private static TreeSet<String> firstLevel(Path parent) throws IOException {
        TreeSet<String> tree = Inputs.tree(parent);
        tree.removeIf(file -> file.contains("/"));
        return tree;
    }

    @Test
    void quietPrintsNothingButTheResult() throws Exception {
        Outcome outcome = Kit.in(folder)
                .run("-m", "avg_mistral", "--quiet", "--dataset_filepaths", Inputs.quiz(folder))
                .succeeded();
        assertEquals("", outcome.messages());
        assertEquals(1, outcome.output().size());
    }

    @Test
    void helpIsNoError() throws Exception {
        for (String command : List.of("list", "merge", "eval", "score")) {
            Outcome outcome = Kit.in(folder).run(command, "--help").succeeded();
            assertTrue(outcome.output().getFirst().startsWith("Usage: main " + command), outcome::toString);
        }
        assertTrue(Kit.in(folder).run("--help").succeeded().output().getFirst().startsWith("Usage: main "));
    }

    @Test
    void aCommandThatIsNotUnderstoodSaysWhatIs() throws Exception {
        Kit.in(folder).run("lst").failed(2, "'lst'", "main list", "--help");
        Kit.in(folder).run("-m").failed(2, "'--merging_method'", "--help");
        Kit.in(folder).run().failed(2, "-m", "--help");
        Kit.in(folder).run("eval").failed(2, "MODEL_DIR", "--help");
        Kit.in(folder).run("eval", folder, "--max_gen_len", -3).failed(2, "'--max_gen_len': '-3'", "--help");
        Kit.in(folder).run("score", "--dataset", "x.csv").failed(2, "--predictions", "--help");
        Kit.in(folder).run("-m", "ties_llama", "--densty", "3").failed(2, "--densty", "--help");
    }

    @Test
    void aNameThatIsNotThereIsAnsweredWithTheOneThatIsMeant() throws Exception {
        Kit.in(folder).run("-m", "slerp_lama2").failed(2, "'slerp_lama2'", "Did you mean 'slerp_llama2'?");
        assertEquals(new TreeSet<>(), Inputs.tree(folder));
    }
}
