package org.llmmerging.eval.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.train.dam.DamParameter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DamMergeCommandTest {
    @TempDir
    private Path folder;

    @Test
    void theHelpHasEveryParameterWithItsDefault() {
        CommandLineRun run = CommandLineRun.of("dam", "merge", "--help");
        assertEquals(0, run.exitCode(), run.err());
        String words = run.out().replaceAll("\\s+", " ");
        for (DamParameter parameter : DamParameter.of(DamParameter.Use.MERGE)) {
            String told = parameter.description() + " Default: " + parameter.shownDefault() + ".";
            assertTrue(words.contains("--" + parameter.key()) && words.contains(told), words);
        }
    }

    @Test
    void aBaseAloneIsNothingToMerge() {
        Path base = Golden.model("llama2");
        CommandLineRun run = CommandLineRun.of("dam", "merge", base, base, "--output_path", folder.resolve("merge"));
        assertEquals(2, run.exitCode(), run.err());
        assertTrue(run.err().contains(base + " is the only model. Name a fine-tune of it as well"), run.err());
    }

    @ParameterizedTest
    @CsvSource({"--use_base_model, use_base_model", "--merge_layernorms=true, merge_layernorms",
        "--merge_embedding_layers, merge_embedding_layers"})
    void theMergeIsAsTheOptionsSay(String option, String key) throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Golden.copy(Golden.model("llama2"), model, "");
        Path output = folder.resolve("merge");
        CommandLineRun run = CommandLineRun.of("dam", "merge", Golden.model("llama2"), model, option, "--output_path",
                output);
        assertEquals(0, run.exitCode(), run.err());
        JsonNode written = JsonFile.read(output.resolve("dam.json"), "");
        for (DamParameter parameter : DamParameter.of(DamParameter.Use.MERGE)) {
            assertEquals(parameter.key().equals(key), written.path(parameter.key()).asBoolean(), parameter.key());
        }
    }
}
