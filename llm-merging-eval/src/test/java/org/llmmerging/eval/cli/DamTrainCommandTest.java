package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DamTrainCommandTest {
    @TempDir
    private Path folder;

    private CommandLineRun run(Object... more) {
        Object[] start = {
            "dam", "train", "--quiet", "--merge_model_dir", folder.resolve("merge"), "--dataset_id",
            folder.resolve("rows"), "--output_dir", folder.resolve("out")
        };
        return CommandLineRun.of(Stream.concat(Stream.of(start), Stream.of(more)).toArray());
    }

    @Test
    void goesOnOrStartsAfreshAndNotBoth() {
        CommandLineRun run = run("--resume", "--overwrite_output_dir");
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains("--resume goes on from the last checkpoint, and --overwrite_output_dir"),
                run.err());
    }
}
