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

    @Test
    void theSeedAndAParameterOfEarlierVersionsAreNoted() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models: [{model: models/t-ft1}]
                base_model: models/t-base
                merge_method: slerp
                parameters: {t: 0.5, embed_slerp: true, random_seed: 145}
                random_seed: 0
                """);
        String seed = ": 'random_seed' has no effect in a configuration, as in mergekit. The option --random-seed sets the"
                + " seed";
        assertEquals(
                List.of(
                        file + ":5:1" + seed,
                        file + ":4:35: the parameter 'embed_slerp' is one of earlier versions of mergekit and has no"
                                + " effect: embeddings are merged by slerp",
                        file + ":4:54" + seed),
                notes(file));
    }

    @Test
    void aFilterForTheHeadOfTiedModelsIsNoted() throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), """
                models: [{model: models/t-ft1-tied}]
                base_model: models/t-base-tied
                merge_method: slerp
                parameters:
                  t:
                  - {filter: lm_head, value: 0}
                  - value: 0.5
                """);
        assertEquals(
                List.of(file
                        + ":6:5: the filter 'lm_head' has no effect: the models have no lm_head.weight"),
                notes(file));
    }
}
