package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.llmmerging.MergingException;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Merges of models of which a vector, w, is looked at. */
record VectorMerges(Path folder) {
    /** The mean of a and b. */
    static final String LINEAR = """
            models:
            - {model: a, parameters: {weight: 0.5}}
            - {model: b, parameters: {weight: 0.5}}
            merge_method: linear
            """;

    void model(String name, DType dtype, float... values) {
        new TinyModel(folder.resolve(name))
                .tensor("w", dtype, Shape.of(values.length), values)
                .write();
    }

    /** The merged tensor's values. */
    float[] merge(String configuration, MergeOptions options) throws IOException {
        try (MergeRun run = MergeRun.of(configuration, folder, options)) {
            return Differences.read(run.merged().tensor("w"));
        }
    }

    void assertRefused(String expected, String configuration) {
        assertEquals(expected, MergeRun.refusal(MergingException.class, configuration, folder));
        assertEquals(false, Files.exists(folder.resolve("out")), "nothing is left behind");
    }
}
