package org.llmmerging.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.hub.HubCache;
import org.llmmerging.method.Linear;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A model that another run writes anew while it is merged. */
class ReplacedInputTest {
    @TempDir
    private Path folder;

    /** The configuration and the tokenizer are copied after the weights were read, and may be another model's then. */
    @Test
    void weightsOfOneModelDoNotGetTheTokenizerOfItsSuccessor() throws IOException {
        Path model = new TinyModel(folder.resolve("m")).random("model.norm.weight", 8).write();
        Path file = Files.writeString(
                folder.resolve("c.yml"),
                "merge_method: linear\nmodels: [{model: m, parameters: {weight: 1}}]\n");
        AtomicBoolean merging = new AtomicBoolean();
        MethodFinder methods = name -> { // the model card asks for it, when all other files are there
            if (merging.get()) {
                replace(model.resolve("model.safetensors"));
            }
            return new Linear();
        };
        MergeListener listener = new MergeListener() {
            @Override
            public Progress begin(String what, long bytes) {
                merging.set(true);
                return Progress.NONE;
            }
        };
        Path output = folder.resolve("out");
        ModelLocator locator = new ModelLocator(List.of(folder), new HubCache(folder.resolve("no-cache")));
        Planning planning = new Planning(MergeOptions.defaults(1), locator, methods, StageCache.beside(output, false));
        try (StagedPlan plan = new StagedPlanner(planning).plan(file)) {
            StagedMerge merge = new StagedMerge(plan, listener);
            CheckpointException refusal = assertThrows(CheckpointException.class, () -> merge.run(output));
            assertTrue(String.valueOf(refusal.getMessage()).contains("was changed while"), refusal::getMessage);
        }
        assertFalse(Files.exists(output));
    }

    private static void replace(Path weights) {
        try {
            Files.setLastModifiedTime(weights, FileTime.fromMillis(0));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
