package org.llmmerging.eval.train.dam;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KitTrainingTest {
    @TempDir
    Path folder;

    @Test
    void everythingWrongIsToldAtOnceAndWhere() throws IOException {
        KitConfig config = config("{warmup_ratio: 3, learnig_rate: 2, weight_decay: -1, epochs: 1.5, examples: [1, 2],"
                + " use_kl: 3, batch_size: true}");
        ConfigException problem = assertThrows(ConfigException.class, () -> new KitTraining(config).check());
        assertEquals("""
                :3:28: parameter warmup_ratio is 3 and must be from 0 to 1
                :3:45: method dam has no parameter 'learnig_rate'. Did you mean 'learning_rate'?
                :3:62: parameter weight_decay is -1 and must be at least 0
                :3:74: parameter epochs is 1.5 and must be a whole number from 1 to 2147483647
                :3:89: parameter examples has a value for each model, and dam takes one for all. Give a single one
                :3:105: parameter use_kl is 3 and must be true or false
                :3:120: parameter batch_size is true and must be a whole number from 1 to 2147483647
                """.strip(), String.valueOf(problem.getMessage()).replace(config.file().toString(), ""));
    }

    @Test
    void whatIsGivenIsTakenAndTheRestIsAsTrainingHasIt() throws IOException {
        KitTraining training = new KitTraining(
                config("{learning_rate: 0.5, use_base_model: yes, merge_layernorms: 1, density: 0.5, seed: 3}"));
        training.check();
        assertEquals(0.5, training.settings().number(DamParameter.LEARNING_RATE));
        assertEquals(0.1, training.settings().number(DamParameter.WARMUP_RATIO));
        assertEquals(256, training.examples());
        assertTrue(training.coefficients().useBaseModel());
        assertTrue(training.coefficients().covers(LayerKind.NORM));
        assertFalse(training.coefficients().covers(LayerKind.EMBEDDING));
        assertEquals(3, training.coefficients().seed());
    }

    @Test
    void eachModelNeedsAFileOfRows() throws IOException {
        KitConfig none = KitConfig.read(Files.writeString(
                folder.resolve("none.yaml"), "list_models: [a]\narchitecture: decoder\n"));
        ConfigException problem = assertThrows(ConfigException.class, () -> new KitTraining(none).check());
        assertEquals(none.file() + ":1:1: dam learns from training_data. Add a file for each model",
                problem.getMessage());

        KitConfig two = KitConfig.read(Files.writeString(
                folder.resolve("two.yaml"),
                "list_models: [a]\narchitecture: decoder\ntraining_data: [a.csv, b.csv]\n"));
        problem = assertThrows(ConfigException.class, () -> new KitTraining(two).check());
        assertEquals(two.file() + ":3:16: 'training_data' has 2 files for 1 models. Give one for each model, in the"
                + " order of list_models.", problem.getMessage());
    }

    private KitConfig config(String parameters) throws IOException {
        return KitConfig.read(Files.writeString(
                folder.resolve("dam.yaml"),
                "list_models: [a]\narchitecture: decoder\nparameters: " + parameters + "\ntraining_data: [a.csv]\n"));
    }
}
