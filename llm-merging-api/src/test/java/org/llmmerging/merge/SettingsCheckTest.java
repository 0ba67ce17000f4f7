package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmmerging.merge.GoldenModels.notes;

/** Parameters that mergekit passes over are noted. What no method has is among the cases of PlanProblemsTest. */
class SettingsCheckTest {
    @TempDir
    private Path folder;

    @Test
    void parametersThatMergekitPassesOverAreNoted() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: models/t-ft1, parameters: {weight: 1, density: 0.5}}
                - {model: models/t-ft2, parameters: {weight: 1, normalize: false}}
                merge_method: linear
                parameters: {int8_mask: true}
                """);
        assertEquals(
                List.of(
                        file + ":5:25: method linear has no parameter 'int8_mask', as others have, and passes over it",
                        file + ":2:58: method linear has no parameter 'density', as others have, and passes over it",
                        file + ":3:60: the parameter 'normalize' of linear is one for the whole merge and has no effect"
                                + " under a model"),
                notes(file));
    }

    @Test
    void aFilterOfAParameterThatIsPassedOverIsPassedOverToo() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models:
                - {model: models/t-ft1, parameters: {weight: 1, density: [{filter: nothing, value: 2}]}}
                merge_method: linear
                """);
        assertEquals(1, notes(file).size());
    }
}
