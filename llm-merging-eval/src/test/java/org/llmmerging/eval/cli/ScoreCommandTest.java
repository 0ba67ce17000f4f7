package org.llmmerging.eval.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.eval.task.DatasetException;
import picocli.CommandLine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ScoreCommandTest {

    @TempDir
    private Path folder;

    @Test
    void printsUnroundedMetricsUnderTheNameOfTheSet() throws IOException {
        Path dataset = write("quiz.csv", """
                id,input,target,answer_choices,eval_type
                0,q,1,"['a', 'b']",multiple_choice
                1,q,0,"['a', 'b']",multiple_choice
                2,q,0,"['a', 'b']",multiple_choice
                """);
        Path predictions = write("p.csv", "id,prediction,dummy_field\n2,0,0\n1,1,0\n0,1,0\n");
        assertEquals("{\"quiz\": {\"accuracy\": " + 2.0 / 3 + "}}\n", run(dataset, predictions));
    }

    @Test
    void stemsOnRequest() throws IOException {
        Path dataset = write("s.csv", "id,input,target,eval_type\n0,in,cats running,generation\n");
        Path predictions = write("p.csv", "id,prediction\n0,cat runs\n");
        assertTrue(run(dataset, predictions).startsWith("{\"s\": {\"rouge1\": 0.0, "));
        assertTrue(run(dataset, predictions, "--use_stemmer").startsWith("{\"s\": {\"rouge1\": 1.0, "));
    }

    @Test
    void leavesOutRowsThatARunHasLeftOut() throws IOException {
        Path dataset = write("quiz.csv", """
                id,input,target,answer_choices,eval_type
                0,q,1,"['a', 'b']",multiple_choice
                1,q,7,"['a', 'b']",multiple_choice
                """);
        Path predictions = write("p.csv", "id,prediction,dummy_field\n0,1,0\n");
        assertThrows(DatasetException.class, () -> run(dataset, predictions));
        assertEquals("{\"quiz\": {\"accuracy\": 1.0}}\n", run(dataset, predictions, "--skip_bad_rows", "--quiet"));
        Path none = write("none.csv", "id,prediction,dummy_field\n");
        DatasetException e = assertThrows(
                DatasetException.class, () -> run(dataset, none, "--skip_bad_rows", "--quiet"));
        assertTrue(String.valueOf(e.getMessage()).contains("there is no prediction for id '0'"), e.getMessage());
    }

    @Test
    void aSetWithoutTargetsCannotBeScored() throws IOException {
        Path dataset = write("test.csv", "id,input,eval_type\n0,in,generation\n");
        Path predictions = write("p.csv", "id,prediction\n0,out\n");
        DatasetException e = assertThrows(DatasetException.class, () -> run(dataset, predictions));
        assertTrue(String.valueOf(e.getMessage()).contains("no row has a target"), e.getMessage());
    }

    @Test
    void bothFilesAreRequired() {
        CommandLine commandLine = new CommandLine(new ScoreCommand());
        commandLine.setErr(new PrintWriter(new StringWriter()));
        assertNotEquals(0, commandLine.execute("--dataset", "d.csv"));
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }

    private static String run(Path dataset, Path predictions, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("--dataset", dataset.toString(), "--predictions", predictions.toString()));
        arguments.addAll(List.of(more));
        StringWriter out = new StringWriter();
        CommandLine commandLine = new CommandLine(new ScoreCommand()).setOut(new PrintWriter(out));
        commandLine.parseArgs(arguments.toArray(String[]::new));
        ScoreCommand command = commandLine.getCommand();
        assertEquals(0, command.call());
        return out.toString();
    }
}
