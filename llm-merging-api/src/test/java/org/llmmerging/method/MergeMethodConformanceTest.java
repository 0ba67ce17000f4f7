package org.llmmerging.method;

import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ParameterSpec;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What every built-in method keeps, whatever it computes. */
class MergeMethodConformanceTest {
    private static final long SEED = 20241121;
    private static final List<Shape> SHAPES = List.of(Shape.of(37, 52), Shape.of(3, 4, 65), Shape.of(1, 2500),
            Shape.of(97), Shape.of(1), Shape.of());

    static Stream<MergeMethod> methods() {
        return ServiceLoader.load(MergeMethod.class).stream().map(ServiceLoader.Provider::get);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void outputIsFiniteForEveryShape(MergeMethod method) {
        for (Shape shape : SHAPES) {
            assertFinite(inputs(method, shape).merge(method, values(method)), method, shape);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void sameBitsWhateverTheBlocks(MergeMethod method) {
        for (Shape shape : SHAPES) {
            ArrayInputs inputs = inputs(method, shape);
            float[] expected = inputs.merge(method, values(method), Integer.MAX_VALUE / 2);
            for (int block : new int[] {1, 7, 64, 1000, 2049}) {
                assertArrayEquals(
                        expected, inputs.merge(method, values(method), block), describe(method, shape) + block);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void sameBitsWhenRunAgain(MergeMethod method) {
        ArrayInputs inputs = inputs(method, SHAPES.getFirst());
        assertArrayEquals(inputs.merge(method, values(method)), inputs.merge(method, values(method)));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void chunksOfThePassesChangeRoundingOnly(MergeMethod method) {
        ArrayInputs inputs = inputs(method, SHAPES.getFirst());
        float[] expected = inputs.chunksOf(4096).merge(method, values(method));
        float[] other = inputs.chunksOf(100).merge(method, values(method));
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], other[i], 1e-8, describe(method, SHAPES.getFirst()) + i);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void modelsEqualToTheBaseGiveTheBase(MergeMethod method) {
        for (Shape shape : SHAPES) {
            float[] base = Samples.base(SEED, (int) shape.elements());
            float[][] models = new float[modelCount(method)][];
            Arrays.fill(models, base);
            ArrayInputs inputs = new ArrayInputs(shape, hasBase(method) ? base : null, models, 64);
            assertArrayEquals(base, inputs.merge(method, values(method)), describe(method, shape));
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void modelsOfZerosGiveZeros(MergeMethod method) {
        Shape shape = SHAPES.getFirst();
        float[] zeros = new float[(int) shape.elements()];
        float[][] models = new float[modelCount(method)][];
        Arrays.fill(models, zeros);
        ArrayInputs inputs = new ArrayInputs(shape, hasBase(method) ? zeros : null, models, 64);
        assertArrayEquals(zeros, inputs.merge(method, values(method)), describe(method, shape));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void oppositeModelsHaveADefinedResult(MergeMethod method) {
        for (Shape shape : SHAPES) {
            float[] base = new float[(int) shape.elements()];
            float[] model = Samples.base(SEED, base.length);
            float[][] models = new float[modelCount(method)][];
            for (int m = 0; m < models.length; m++) {
                models[m] = model.clone();
                for (int i = 0; i < model.length && m % 2 == 1; i++) {
                    models[m][i] = -model[i];
                }
            }
            ArrayInputs inputs = new ArrayInputs(shape, hasBase(method) ? base : null, models, 64);
            assertFinite(inputs.merge(method, values(method)), method, shape);
        }
    }

    @ParameterizedTest
    @MethodSource("methods")
    void describesItself(MergeMethod method) {
        assertTrue(method.name().matches("[a-z0-9_]+"), method.name());
        assertTrue(!method.summary().isBlank() && method.summary().length() <= 100, method.summary());
        for (ParameterSpec spec : method.parameters()) {
            Double value = spec.defaultValue();
            assertTrue(value == null || value >= spec.minimum() && value <= spec.maximum(), spec.toString());
        }
    }

    private static boolean hasBase(MergeMethod method) {
        return method.models().base() != ModelCount.Base.MEMBER;
    }

    private static int modelCount(MergeMethod method) {
        return Math.clamp(4, method.models().minimum(), method.models().maximum());
    }

    private static ArrayInputs inputs(MergeMethod method, Shape shape) {
        float[] base = Samples.base(SEED, (int) shape.elements());
        float[][] models = Samples.fineTunes(base, SEED, modelCount(method));
        return new ArrayInputs(shape, hasBase(method) ? base : null, models, 64);
    }

    /** Values for what is required, and a density that drops something. */
    private static Values values(MergeMethod method) {
        Values values = Values.of(method);
        for (ParameterSpec spec : method.parameters()) {
            if (spec.name().equals("density")) {
                values.with("density", 0.6);
            } else if (spec.name().equals("select_topk")) {
                values.with("select_topk", 0.4);
            } else if (spec.isRequired()) {
                values.with(spec.name(), 0.3);
            }
        }
        return values;
    }

    private static void assertFinite(float[] output, MergeMethod method, Shape shape) {
        for (float value : output) {
            assertTrue(Float.isFinite(value), describe(method, shape));
        }
    }

    private static String describe(MergeMethod method, Shape shape) {
        return method.name() + " " + shape + " seed " + SEED + " ";
    }
}
