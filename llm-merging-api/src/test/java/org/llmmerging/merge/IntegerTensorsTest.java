package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.llmmerging.merge.VectorMerges.LINEAR;

class IntegerTensorsTest {
    @TempDir
    private Path folder;

    private void model(String name, DType dtype, float... values) {
        new VectorMerges(folder).model(name, dtype, values);
    }

    private float[] merge(String configuration) throws IOException {
        return new VectorMerges(folder).merge(configuration, MergeOptions.defaults(1));
    }

    private void assertRefused(String expected, String configuration) {
        new VectorMerges(folder).assertRefused(expected, configuration);
    }

    @Test
    void integersAreCopiedWhenAllModelsAgree() throws IOException {
        for (String name : List.of("a", "b")) {
            new TinyModel(folder.resolve(name))
                    .raw("steps", DType.I32, Shape.of(1), (byte) 7, (byte) 0, (byte) 0, (byte) 0)
                    .tensor("w", DType.F32, Shape.of(1), 1)
                    .write();
        }
        assertArrayEquals(new float[] {1}, merge(LINEAR));
    }

    @Test
    void thoseThatKeepTheirTypeAreNotedByTypeAndNotOneByOne() throws IOException {
        byte[] word = new byte[4];
        for (String name : List.of("a", "b")) {
            TinyModel model = new TinyModel(folder.resolve(name))
                    .raw("flag", DType.BOOL, Shape.of(1), (byte) 1)
                    .tensor("w", DType.F32, Shape.of(1), 1);
            for (int i = 10; i < 30; i++) {
                model.raw("steps" + i, DType.I32, Shape.of(1), word);
            }
            model.write();
        }
        Path file = Files.writeString(folder.resolve("c.yml"), LINEAR + "dtype: bfloat16\n");
        try (MergeRun run = MergeRun.of(file, folder, MergeOptions.defaults(1), folder.resolve("out"))) {
            assertEquals(
                    List.of(
                            "tensor flag has type bool, which can only be copied: it is not converted to bfloat16",
                            "tensors \"steps10\", \"steps11\", \"steps12\", \"steps13\", \"steps14\", \"steps15\","
                                    + " \"steps16\", \"steps17\", \"steps18\", \"steps19\" and 10 more have type int32,"
                                    + " which can only be copied: they are not converted to bfloat16"),
                    run.plan().notes().stream().sorted().toList());
        }
    }

    @Test
    void integersThatDifferAreRefused() {
        for (String name : List.of("a", "b")) {
            new TinyModel(folder.resolve(name))
                    .raw("steps", DType.U8, Shape.of(1), (byte) name.charAt(0))
                    .tensor("w", DType.F32, Shape.of(1), 1)
                    .write();
        }
        assertRefused(
                "tensor steps has type uint8, which cannot be merged, and is not the same in a and b. Merge models that"
                        + " agree in it",
                LINEAR);
    }

    @Test
    void integersOfDifferentTypesAreRefusedByThePlan() {
        new TinyModel(folder.resolve("a"))
                .raw("steps", DType.U8, Shape.of(1), (byte) 1)
                .tensor("w", DType.F32, Shape.of(1), 1)
                .write();
        new TinyModel(folder.resolve("b"))
                .raw("steps", DType.BOOL, Shape.of(1), (byte) 1)
                .tensor("w", DType.F32, Shape.of(1), 1)
                .write();
        assertRefused(
                "c.yml:2:1: tensor steps has type uint8 in a and bool in b, which can only be copied. Convert one of the"
                        + " models first",
                LINEAR);
    }

    @Test
    void aTensorOfIntegersAndOneOfNumbersAreRefused() {
        model("a", DType.F32, 1);
        new TinyModel(folder.resolve("b")).raw("w", DType.U8, Shape.of(1), (byte) 1).write();
        assertRefused(
                "c.yml:2:1: tensor w of b has type uint8, which cannot be merged with floating-point numbers. Convert"
                        + " that model first",
                LINEAR);
    }
}
