package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.method.Slerp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class KitMergeTest {
    @TempDir
    private Path folder;

    @Test
    void slerpRefusesAListOfWhatItDoesNotKnow() throws IOException {
        assertRefused("{nonsense: [1, 2]}", "method slerp has no parameter 'nonsense'. Known are: t.");
        assertRefused("{T: [1, 2]}", "method slerp has no parameter 'T'. Did you mean 't'?");
    }

    @Test
    void slerpTakesOneNumberForBothModels() throws IOException {
        assertRefused(
                "{t: [0.5, 0.5]}",
                "parameters.t has a value for each model, and slerp takes one for both. Give a single number");
    }

    private void assertRefused(String parameters, String expected) throws IOException {
        Path file = Files.writeString(
                folder.resolve("kit.yaml"),
                "list_models: [a, b]\narchitecture: decoder\nparameters: " + parameters + "\n");
        ConfigException problem = assertThrows(
                ConfigException.class, () -> KitMerge.of(KitConfig.read(file), new Slerp()));
        assertEquals(file + ": " + expected, problem.getMessage());
    }
}
