package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.llmmerging.merge.VectorMerges.LINEAR;

class OutputLayoutTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";

    @TempDir
    private Path folder;

    private MergeRun run(String configuration, MergeOptions options) throws IOException {
        return MergeRun.of(configuration, folder, options);
    }

    private void assertRefused(String expected, String configuration) {
        new VectorMerges(folder).assertRefused(expected, configuration);
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

    @Test
    void fusedAndSplitProjectionsAreDifferentArchitectures() {
        new TinyModel(folder.resolve("a"))
                .random("model.layers.0.self_attn.qkv_proj.weight", 6, 2)
                .write();
        new TinyModel(folder.resolve("b"))
                .random("model.layers.0.self_attn.q_proj.weight", 2, 2)
                .random("model.layers.0.self_attn.k_proj.weight", 2, 2)
                .random("model.layers.0.self_attn.v_proj.weight", 2, 2)
                .write();
        assertRefused(
                """
                        c.yml:2:3: a has no tensor model.layers.0.self_attn.k_proj.weight, which another model of this \
                        merge has; likewise model.layers.0.self_attn.q_proj.weight, model.layers.0.self_attn.v_proj.weight. \
                        Merge models of one architecture
                        c.yml:3:3: b has no tensor model.layers.0.self_attn.qkv_proj.weight, which another model of this \
                        merge has. Merge models of one architecture""",
                LINEAR);
    }
}
