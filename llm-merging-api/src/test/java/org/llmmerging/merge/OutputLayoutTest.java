package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

/** Tensors that some models have and others do not. */
class OutputLayoutTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";

    @TempDir
    private Path folder;

    private MergeRun run(String configuration, MergeOptions options) throws IOException {
        return MergeRun.of(configuration, folder, options);
    }

    @Test
    void aFilterForTheHeadHoldsForATiedModelToo() throws IOException {
        new TinyModel(folder.resolve("tied")).random(EMBEDDING, 3, 2).write();
        new TinyModel(folder.resolve("untied"))
                .random(EMBEDDING, 3, 2)
                .tensor("lm_head.weight", DType.F32, Shape.of(3, 2), 1, 2, 3, 4, 5, 6)
                .write();
        String configuration = """
                models:
                - {model: tied, parameters: {weight: [{filter: lm_head, value: 0}, {value: 1}]}}
                - {model: untied, parameters: {weight: 1}}
                merge_method: linear
                """;
        try (MergeRun run = run(configuration, MergeOptions.defaults(1))) {
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, Differences.read(run.merged().tensor("lm_head.weight")));
        }
    }
}
