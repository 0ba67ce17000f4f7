package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Differentiable adaptive merging from the command line, with few rows. */
class DamIT {
    private static final Path MODELS = Kit.REPOSITORY.resolve("models/llama2");
    private static final Path ROWS = Kit.REPOSITORY.resolve("data/train");

    @TempDir
    Path folder;

    @Test
    void theSeedDecidesWhatANameLearns() throws Exception {
        String few = Inputs.config("dam_llama2")
                .replaceFirst("examples: \\d+", "examples: 12")
                .replaceFirst("epochs: \\d+", "epochs: 1\n  lambda_coef_mse: 2");
        Path config = Files.writeString(folder.resolve("few.yaml"), few);
        ByteBuffer first = learned(config, "a", 1);
        assertEquals(first, learned(config, "b", 1));
        assertNotEquals(first, learned(config, "c", 2));
    }

    private ByteBuffer learned(Path config, String output, int seed) throws Exception {
        Path quiz = Inputs.quiz(folder);
        Outcome outcome = Kit.in(folder)
                .run("-m", "dam_llama2", "--config", config, "--output_folder", output, "--random-seed", seed,
                        "--dataset_filepaths", quiz, "--quiet")
                .succeeded();
        assertEquals("note: parameters.lambda_coef_mse has no effect: parameters.use_mse is false\n",
                outcome.messages());
        Path merged = folder.resolve(output).resolve("dam_llama2");
        assertTrue(Files.exists(merged.resolve("model.safetensors")));
        assertTrue(Files.readString(merged.resolve("training.html")).contains("<svg"));
        return bytes(merged.resolve("coefficients.safetensors"));
    }

    @Test
    void aTrainingThatIsKilledAndResumedLearnsTheSameBits() throws Exception {
        Kit kit = Kit.in(folder);
        kit.run("dam", "merge", MODELS.resolve("base"), MODELS.resolve("reasoning"), MODELS.resolve("summaries"),
                "--merge_layernorms", "true", "--output_path", "untrained", "--quiet").succeeded();
        kit.run("dam", "data", "--base_model_name", MODELS.resolve("base"), "--model_ids",
                MODELS.resolve("reasoning") + "," + MODELS.resolve("summaries"), "--dataset_names",
                ROWS.resolve("cosmos_qa.csv") + "," + ROWS.resolve("xsum.csv"), "--example_count", 24,
                "--dataset_id", "rows", "--quiet").succeeded();
        kit.run(train("whole")).succeeded();
        try (Kit.Running killed = kit.start(train("broken"))) {
            Path second = folder.resolve("broken-training/checkpoint-4");
            while (killed.process().isAlive() && !Files.exists(second)) {
                Thread.sleep(5);
            }
            killed.process().destroyForcibly();
            assertTrue(killed.process().waitFor(30, TimeUnit.SECONDS));
        }
        assertEquals(false, Files.exists(folder.resolve("broken")), "it ended before it was killed");
        kit.run(Stream.concat(Stream.of(train("broken")), Stream.of("--resume")).toArray()).succeeded();
        for (String file : List.of("coefficients.safetensors", "model.safetensors")) {
            assertEquals(bytes(folder.resolve("whole").resolve(file)), bytes(folder.resolve("broken").resolve(file)));
        }
    }

    private static Object[] train(String output) {
        return new Object[] {
            "dam", "train", "--merge_model_dir", "untrained", "--dataset_id", "rows", "--output_dir", output,
            "--generate_logits_on_fly", "true", "--epochs", "3", "--save_steps", "2", "--learning_rate", "0.02",
            "--quiet"
        };
    }

    private static ByteBuffer bytes(Path file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file));
    }
}
