package org.llmmerging.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Several models in one run, the report of them, and a run that is killed and started again. */
class ComparisonIT {
    private static final Path MODELS = Kit.REPOSITORY.resolve("models");
    private static final List<String> REPORT = List.of("report.csv", "report.html", "report.json");

    @TempDir
    Path folder;

    @Test
    void modelFoldersAreScoredOneByOneAndOneThatFailsDoesNotStopTheOthers() throws Exception {
        Outcome outcome = Kit.in(folder).run(
                "eval", MODELS.resolve("llama/base"), folder.resolve("gone"), MODELS.resolve("llama3/base"),
                "--dataset_filepaths", Inputs.quiz(folder), Inputs.hello(folder), "--max_gen_len", 3);
        assertEquals(3, outcome.exitCode(), outcome::toString);
        assertEquals(3, outcome.output().size(), outcome::toString);
        String temporary = folder.getFileName() + "-gone";
        JsonNode failed = GoldenFiles.JSON.readTree(outcome.output().get(1)).path(temporary);
        assertTrue(failed.path("error").asText().contains("is no folder"), outcome::toString);
        assertEquals(2, GoldenFiles.JSON.readTree(outcome.lastLine()).path("llama3-base").size(), outcome::toString);

        Path output = folder.resolve("output");
        assertEquals(new TreeSet<>(REPORT), files(output));
        assertTrue(Files.exists(output.resolve("llama-base/scores.json")));
        JsonNode report = GoldenFiles.json(output.resolve("report.json"));
        assertEquals(3, report.path("models").size());
        String page = Files.readString(output.resolve("report.html"));
        for (String part : List.of("llama-base", "llama3-base", "1 model failed")) {
            assertTrue(page.contains(part), part);
        }
    }

    @Test
    void namesAreComparedAsFoldersAre() throws Exception {
        Outcome outcome = Kit.in(folder)
                .run("-m", "avg_llama3", "-m", "ms_llama3", "--quiet", "--dataset_filepaths", Inputs.quiz(folder))
                .succeeded();
        assertEquals(2, outcome.output().size(), outcome::toString);
        assertTrue(outcome.output().getFirst().startsWith("{\"avg_llama3\": {\"quiz\": {\"accuracy\": "));
        assertEquals(new TreeSet<>(REPORT), files(folder.resolve("output")));
        assertTrue(Files.exists(folder.resolve("output/ms_llama3/model.safetensors")));
    }

    @Test
    void anOptionWithoutEffectIsExplainedOnceForAllNames() throws Exception {
        Outcome outcome = Kit.in(folder)
                .run("-m", "avg_llama3", "-m", "ms_llama3", "--cuda", "--dataset_filepaths", Inputs.quiz(folder))
                .succeeded();
        assertEquals(1, outcome.messages().lines().filter(line -> line.startsWith("--cuda has no effect")).count(),
                outcome::toString);
    }

    @Test
    void oneModelHasAReportOnRequest() throws Exception {
        Kit.in(folder)
                .run("eval", MODELS.resolve("llama/base"), "--report", "--dataset_filepaths", Inputs.quiz(folder))
                .succeeded();
        assertEquals(new TreeSet<>(REPORT), files(folder.resolve("output")));
    }

    @Test
    void aRunThatIsKilledGoesOnWhereItWasAndGivesTheSame() throws Exception {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            rows.add("{\"id\": \"%d\", \"input\": \"Row %d of many, %s\"}".formatted(i, i, "word ".repeat(i % 90)));
        }
        Path dataset = Files.write(folder.resolve("many.jsonl"), rows);
        Object[] arguments = {
            "eval", MODELS.resolve("llama/base"), "--dataset_filepaths", dataset, "--max_gen_len", 24, "--save_every", 8
        };
        Path partial = folder.resolve("output/.partial/base/many.jsonl");
        try (Kit.Running running = Kit.in(folder).start(arguments)) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Kit.LONGEST_RUN_SECONDS);
            while (!Files.exists(partial) || Files.readAllLines(partial).size() < 25) {
                assertTrue(running.process().isAlive() && System.nanoTime() < end, "nothing is kept");
                Thread.sleep(5);
            }
            running.process().destroyForcibly().waitFor();
        }
        assertFalse(Files.exists(folder.resolve("output/base/scores.json")), "the run was over before it was killed");

        Outcome resumed = Kit.in(folder).run(arguments).succeeded();
        assertTrue(resumed.messages().contains("an interrupted run has answered"), resumed::toString);
        assertFalse(Files.exists(folder.resolve("output/.partial")));
        String answers = Files.readString(folder.resolve("output/base/predictions/many.jsonl"));

        Outcome whole = Kit.in(folder).run(arguments).succeeded();
        assertFalse(whole.messages().contains("an interrupted run"), whole::toString);
        assertEquals(Files.readString(folder.resolve("output/base/predictions/many.jsonl")), answers);
        assertEquals(400, answers.lines().count());
    }

    @Test
    void badRowsAreNamedAndLeftOutOnRequest() throws Exception {
        Path dataset = Files.writeString(folder.resolve("rows.csv"), """
                id,input,target,answer_choices,eval_type
                0,fine,1,"['A', 'B']",multiple_choice
                1,none to choose from,0,[],multiple_choice
                2,,text,,generation
                3,%s,0,"['A', 'B']",multiple_choice
                """.formatted("far too long ".repeat(2000)));
        Path model = MODELS.resolve("llama/base");
        Kit.in(folder).run("eval", model, "--dataset_filepaths", dataset)
                .failed(5, "rows.csv", "row 2 (line 3)", "row 3 (line 4)");
        Outcome outcome = Kit.in(folder)
                .run("eval", model, "--dataset_filepaths", dataset, "--skip-bad-rows", "--quiet")
                .succeeded();
        for (String part : List.of("row 2 (line 3)", "row 3 (line 4)", "row 4 (line 5), the prompt has ")) {
            assertTrue(outcome.messages().contains("skipped: " + dataset + ": "
                    + part), () -> part + " is not in " + outcome);
        }
        JsonNode details = GoldenFiles.json(folder.resolve("output/base/scores.json")).at("/_details/rows");
        assertEquals(1, details.path("rows").intValue());
        assertEquals(3, details.path("skipped").intValue());
    }

    private static TreeSet<String> files(Path output) throws IOException {
        TreeSet<String> files = new TreeSet<>();
        for (String file : Inputs.tree(output)) {
            if (!file.contains("/") && Files.isRegularFile(output.resolve(file))) {
                files.add(file);
            }
        }
        return files;
    }
}
