package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.eval.train.dam.DamParameter;

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
    void theHelpHasEveryParameterWithItsDefault() {
        CommandLineRun run = CommandLineRun.of("dam", "train", "--help");
        assertEquals(0, run.exitCode(), run.err());
        String words = run.out().replaceAll("\\s+", " ");
        for (DamParameter parameter : DamParameter.of(DamParameter.Use.TRAINING)) {
            assertTrue(words.contains("--" + parameter.key()), parameter.key());
            assertTrue(
                    words.contains((parameter.description() + " Default: " + parameter.shownDefault() + ".").strip()),
                    parameter.key());
            parameter.alsoCalled().forEach(name -> assertTrue(words.contains("--" + name), name));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --learning_rate=-1 | --learning_rate is -1. Give a number above 0
            --num_train_epochs=0 | --epochs is 0. Give a whole number from 1
            --batch_size=1.5 | '1.5' is not an int
            --mofo_alpha=some | 'some' is no number. Give one, or None
            --lambda_coef_mse=NaN | --lambda_coef_mse is NaN. Give any number
            """)
    void refusesValuesThatCannotBe(String option, String problem) {
        CommandLineRun run = run(option);
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains(problem), run.err());
    }

    @ParameterizedTest
    @CsvSource({"--mofo_alpha=None", "--use_mse", "--use_kl=false", "--use_overlap true", "--weight_decay 0"})
    void takesEveryWayOfWritingThem(String options) {
        CommandLineRun run = run((Object[]) options.split(" "));
        assertEquals(3, run.exitCode(), run.err());
        assertTrue(run.err().contains("Give the folder that dam merge wrote"), run.err());
    }

    @Test
    void refusesToMinimiseNothingBeforeAnythingIsRead() {
        CommandLineRun run = run("--use_kl=false", "--use_similarity=false");
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains("every loss is switched off"), run.err());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            --save_steps=0 | '--save_steps': '0' is no whole number from 1 to 2147483647
            --lr_scheduler_type=LINEAR | '--lr_scheduler_type': 'LINEAR' is not known. Give constant or linear or cosine
            --resume --overwrite_output_dir | --resume goes on from the last checkpoint
            """)
    void whatCannotBeGivenIsAUsageError(String options, String problem) {
        CommandLineRun run = run((Object[]) options.split(" "));
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains(problem), run.err());
        assertTrue(run.err().contains("dam train --help"), run.err());
    }

    @Test
    void goesOnOrStartsAfreshAndNotBoth() {
        CommandLineRun run = run("--resume", "--overwrite_output_dir");
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains("--resume goes on from the last checkpoint, and --overwrite_output_dir"),
                run.err());
    }
}
