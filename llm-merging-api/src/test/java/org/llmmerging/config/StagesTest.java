package org.llmmerging.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class StagesTest {
    @TempDir
    private Path folder;

    @Test
    void aSingleDocumentIsTheResult() throws IOException {
        Stages stages = stages(linear(null, "a", "b"));
        assertEquals(List.of(), stages.stages());
        assertEquals(List.of(), stages.unused());
        assertEquals(List.of("a", "b"), names(stages));
    }

    @Test
    void aStageComesBeforeWhatUsesItWhereverItStands() throws IOException {
        Stages stages = stages(linear(null, "second", "x"), linear("second", "first"), linear("first", "y"));
        assertEquals(List.of("first", "second"), stages.stages().stream().map(MergeConfig::name).toList());
        assertEquals(List.of("y", "x"), names(stages));
    }

    @Test
    void aStageThatSeveralUseIsOneStage() throws IOException {
        Stages stages = stages(linear("a", "m"), linear("b", "a"), linear("c", "a"), linear(null, "b", "c"));
        assertEquals(List.of("a", "b", "c"), stages.stages().stream().map(MergeConfig::name).toList());
    }

    @Test
    void theLastDocumentIsTheResultWhenAllHaveNames() throws IOException {
        Stages stages = stages(linear("first", "m"), linear("last", "first"));
        assertEquals("last", stages.result().name());
    }

    @Test
    void theDocumentWithoutNameIsTheResultWhereverItStands() throws IOException {
        Stages stages = stages(linear(null, "later"), linear("later", "m"));
        assertEquals(null, stages.result().name());
        assertEquals(1, stages.stages().size());
    }

    @Test
    void aStageThatNothingNeedsIsSetAside() throws IOException {
        Stages stages = stages(linear("used", "m"), linear("unused", "used"), linear(null, "used"));
        assertEquals(List.of("unused"), stages.unused().stream().map(MergeConfig::name).toList());
        assertEquals(1, stages.stages().size());
    }

    @Test
    void aStageMayBeTheBaseAndTheTokenizersSource() throws IOException {
        Stages stages = stages(
                linear("base", "m"),
                linear("tokens", "n"),
                linear(null, "x") + "base_model: base\ntokenizer: {source: tokens}\n");
        assertEquals(List.of("base", "tokens"), stages.stages().stream().map(MergeConfig::name).toList());
    }

    @Test
    void aCircleIsToldWithItsPath() throws IOException {
        String message = problem(linear("a", "b"), linear("b", "c"), linear("c", "a"), linear(null, "a"));
        assertTrue(message.contains("a → b → c → a"), message);
    }

    @Test
    void aStageCannotUseItself() throws IOException {
        String message = problem(linear("a", "a"), linear(null, "a"));
        assertTrue(message.contains("a → a"), message);
    }

    @Test
    void aCircleAmongStagesThatNothingNeedsIsToldToo() throws IOException {
        String message = problem(linear("a", "b"), linear("b", "a"), linear(null, "m"));
        assertTrue(message.contains("a → b → a"), message);
    }

    @Test
    void aStageHasNoRevisionAndIsNoAdapter() throws IOException {
        String message = problem(linear("a", "m"), linear(null, "a@main", "m+a"));
        assertTrue(message.contains("no revisions"), message);
        assertTrue(message.contains("for an adapter"), message);
    }

    private static List<String> names(Stages stages) {
        return stages.inputs().stream().map(ModelReference::toString).toList();
    }

    private static String linear(String name, String... models) {
        StringBuilder text = new StringBuilder(name == null ? "" : "name: " + name + "\n");
        text.append("merge_method: linear\nparameters: {weight: 1}\nmodels:\n");
        for (String model : models) {
            text.append("  - model: \"").append(model).append("\"\n");
        }
        return text.toString();
    }

    private Stages stages(String... documents) throws IOException {
        Path file = folder.resolve("merge.yml");
        Files.writeString(file, String.join("---\n", documents));
        return Stages.of(MergeConfig.read(file));
    }

    private String problem(String... documents) {
        return assertThrows(ConfigException.class, () -> stages(documents)).getMessage();
    }
}
