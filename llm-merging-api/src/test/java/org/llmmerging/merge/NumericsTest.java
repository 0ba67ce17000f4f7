package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.llmmerging.merge.VectorMerges.LINEAR;

/** Inputs at the edge of arithmetic have defined results. */
class NumericsTest {
    @TempDir
    private Path folder;

    private void model(String name, DType dtype, float... values) {
        new VectorMerges(folder).model(name, dtype, values);
    }

    private float[] merge(String configuration) throws IOException {
        return new VectorMerges(folder).merge(configuration, MergeOptions.defaults(1));
    }

    @Test
    void mixedTypesAreMergedInFloat32() throws IOException {
        model("a", DType.BF16, 1, 2);
        model("b", DType.F16, 3, 5);
        assertArrayEquals(new float[] {2, 3.5f}, merge(LINEAR));
    }

    @Test
    void identicalModelsGiveThemselves() throws IOException {
        model("a", DType.F32, 0.25f, -1, 3);
        model("b", DType.F32, 0.25f, -1, 3);
        for (String method : List.of("slerp", "ties", "model_stock", "della", "breadcrumbs", "geometric_median")) {
            assertArrayEquals(new float[] {0.25f, -1, 3}, merge(ofBase(method)), method);
        }
    }

    @Test
    void zeroTensorsGiveZeros() throws IOException {
        model("a", DType.F32, 0, 0);
        model("b", DType.F32, 0, 0);
        for (String method : List.of("slerp", "ties", "dare_ties", "model_stock", "della_linear")) {
            assertArrayEquals(new float[] {0, 0}, merge(ofBase(method)), method);
        }
    }

    @Test
    void oppositeVectorsAreInterpolatedOnTheLineBetweenThem() throws IOException {
        model("a", DType.F32, 1, -2);
        model("b", DType.F32, -1, 2);
        assertArrayEquals(new float[] {-0.5f, 1}, merge(ofBase("slerp")), "a quarter of the way from the base, b");
    }

    @Test
    void oneElementIsATensor() throws IOException {
        model("a", DType.F32, 3);
        model("b", DType.F32, 1);
        for (String method : List.of("ties", "breadcrumbs")) {
            assertArrayEquals(new float[] {3}, merge(ofBase(method)), method);
        }
    }

    /** A merge of a into b by a method, with parameters that any of them takes or needs. */
    private static String ofBase(String method) {
        String own = switch (method) {
            case "slerp" -> "";
            case "model_stock", "geometric_median" -> "";
            default -> ", parameters: {weight: 1, density: 0.5}";
        };
        String second = method.equals("model_stock") ? "- {model: a}\n" : "";
        String shared = method.equals("slerp") ? "parameters: {t: 0.25}\n" : "";
        return "models:\n- {model: a" + own + "}\n" + second + "merge_method: " + method + "\nbase_model: b\n" + shared;
    }
}
