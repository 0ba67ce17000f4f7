package org.llmmerging.eval.results;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.OutputException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class TunedConfigsTest {
    private static final TuningPoint SETTING = new TuningPoint(List.of(0.5, 0.5), Map.of("density", 0.3));

    @TempDir
    private Path folder;

    @Test
    void theTwinForTheHubGetsTheParametersOnly() throws IOException {
        String text = "parameter_lambdas: [1.0, 1.0]\nparameters:\n  density: 0.9\n";
        Path config = Files.writeString(folder.resolve("ties_x.yaml"), text);
        Path twin = Files.writeString(Files.createDirectory(folder.resolve("hub")).resolve("ties_x.yaml"), text);
        assertEquals(config, new TunedConfigs(folder).write("ties_x", SETTING));
        assertEquals("parameter_lambdas: [0.5, 0.5]\nparameters:\n  density: 0.3\n", Files.readString(config));
        assertEquals("parameter_lambdas: [1.0, 1.0]\nparameters:\n  density: 0.3\n", Files.readString(twin));
    }

    @Test
    void aConfigurationWithoutATwinHasNone() throws IOException {
        Files.writeString(folder.resolve("ties_x.yaml"), "parameters:\n  density: 0.9\n");
        new TunedConfigs(folder).write("ties_x", SETTING);
        assertEquals(List.of("ties_x.yaml"), List.of(folder.toFile().list()));
    }

    @Test
    void aConfigurationThatIsNotThereIsNotMade() {
        OutputException problem = assertThrows(
                OutputException.class, () -> new TunedConfigs(folder).write("ties_x", SETTING));
        assertEquals(
                folder.resolve("ties_x.yaml")
                        + ": cannot be read (there is no such file). Make it readable, or move it away",
                problem.getMessage());
        assertEquals(0, folder.toFile().list().length);
    }
}
