package org.llmmerging.method;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.MergeMethod;
import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TaskVectorMethodTest {
    private static final long SEED = 31;
    private static final double[] WEIGHTS = {0.5, 0.3, 0.4};
    private final float[] base = Samples.base(SEED, 40 * 33);
    private final float[][] models = Samples.fineTunes(base, SEED, 3);

    static List<MergeMethod> withoutConsensus() {
        return List.of(new DareLinear(), new DellaLinear(), new Breadcrumbs());
    }

    static List<MergeMethod> withConsensus() {
        return List.of(new DareTies(), new Della(), new BreadcrumbsTies());
    }

    private TaskVectorReference reference(double... weights) {
        return new TaskVectorReference(base, models.clone(), weights);
    }

    private float[] merge(MergeMethod method, Values values) {
        return ArrayInputs.matrix(33, base, models).merge(method, values);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "0, 0.7", "1, -1.5"})
    void taskArithmeticAddsWeightedTaskVectors(int normalize, double lambda) {
        TaskArithmetic method = new TaskArithmetic();
        Values values = Values.of(method).with("weight", WEIGHTS).with("normalize", normalize).with("lambda", lambda);
        Samples.assertClose(
                reference(WEIGHTS).sum(normalize == 1, lambda), merge(method, values), 1e-8, "seed " + SEED);
    }

    @Test
    void weightsOfZeroSumAreNotNormalized() {
        TaskArithmetic method = new TaskArithmetic();
        Values values = Values.of(method).with("weight", 0.5, 0.25, -0.75).with("normalize", 1);
        Samples.assertClose(reference(0.5, 0.25, -0.75).sum(false, 1), merge(method, values), 1e-8, "seed " + SEED);
    }

    @Test
    void taskArithmeticIgnoresDensity() {
        TaskArithmetic method = new TaskArithmetic();
        assertArrayEquals(
                merge(method, Values.of(method).with("weight", WEIGHTS)),
                merge(method, Values.of(method).with("weight", WEIGHTS).with("density", 0.1)));
    }

    @ParameterizedTest
    @MethodSource("withoutConsensus")
    void atDensityOneEqualsTaskArithmetic(MergeMethod method) {
        TaskArithmetic plain = new TaskArithmetic();
        assertArrayEquals(
                merge(plain, Values.of(plain).with("weight", WEIGHTS)),
                merge(method, Values.of(method).with("weight", WEIGHTS)));
    }

    @ParameterizedTest
    @MethodSource("withConsensus")
    void atDensityOneWithConsensusEqualsTies(MergeMethod method) {
        Ties ties = new Ties();
        assertArrayEquals(
                merge(ties, Values.of(ties).with("weight", WEIGHTS)),
                merge(method, Values.of(method).with("weight", WEIGHTS).with("normalize", 1)));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 1", "1, 0, 1", "1, 1, 1.4", "0, 1, 0.5"})
    void tiesTrimsElectsAndMerges(int normalize, int rescale, double lambda) {
        Ties ties = new Ties();
        double[] densities = {0.5, 0.21, 0.8};
        double[] weights = {0.5, -0.3, 0.4};
        Values values = Values.of(ties).with("weight", weights).with("density", densities)
                .with("normalize", normalize).with("rescale", rescale).with("lambda", lambda);
        TaskVectorReference reference = reference(weights);
        for (int m = 0; m < 3; m++) {
            reference.keepRanks(m, 0, (int) (densities[m] * base.length), rescale == 1);
        }
        Samples.assertClose(
                reference.elected(normalize == 1, lambda), merge(ties, values), 2e-7, "seed " + SEED);
    }

    @ParameterizedTest
    @CsvSource({"0.9, 0.05", "0.45, 0.09", "0.95, 0.2", "0.3, 0", "0, 0.1"})
    void breadcrumbsDropsBothEnds(double density, double gamma) {
        Breadcrumbs method = new Breadcrumbs();
        Values values = Values.of(method).with("weight", WEIGHTS).with("density", density).with("gamma", gamma);
        int size = base.length;
        int kept = (int) (density * size);
        int first = Math.min((int) (gamma * size), size - kept);
        TaskVectorReference reference = reference(WEIGHTS);
        for (int m = 0; m < 3; m++) {
            reference.keepRanks(m, first, first + kept, false);
        }
        Samples.assertClose(reference.sum(false, 1), merge(method, values), 1e-8, "seed " + SEED);
    }

    @Test
    void breadcrumbsKeepsTheTaskVectorOfATensorTooSmallToLoseItsTop() {
        Breadcrumbs method = new Breadcrumbs();
        float[] merged = ArrayInputs.vector(new float[4], new float[] {1, 4, 3, 2})
                .merge(method, Values.of(method).with("weight", 1).with("density", 0.5).with("gamma", 0.1));
        assertArrayEquals(new float[] {0, 4, 3, 0}, merged);
    }

    @Test
    void ofEqualMagnitudesTheFirstAreKept() {
        Ties ties = new Ties();
        float[] base = new float[100];
        float[] model = new float[100];
        for (int i = 0; i < 100; i++) {
            model[i] = i == 90 ? 5 : i % 2 == 0 ? 1 : -1;
        }
        float[] merged = ArrayInputs.vector(base, model).merge(ties,
                Values.of(ties).with("weight", 1).with("density", 0.3));
        for (int i = 0; i < 100; i++) {
            float expected = i < 29 || i == 90 ? model[i] : 0;
            assertTrue(merged[i] == expected, "element " + i + " is " + merged[i]);
        }
    }

    @Test
    void aDensityThatKeepsNothingIsRefused() {
        Ties ties = new Ties();
        Values values = Values.of(ties).with("weight", 1).with("density", 0.05);
        ArrayInputs inputs = ArrayInputs.vector(new float[12], new float[12]);
        ConfigException refusal = assertThrows(ConfigException.class, () -> inputs.merge(ties, values));
        assertTrue(refusal.getMessage().contains("keeps none of the 12 elements"), refusal.getMessage());
        assertThrows(ConfigException.class, () -> ties.check(Shape.of(12), 1, values), "before any weight is read");
    }

    @Test
    void aTensorOfOneElementIsKept() {
        Ties ties = new Ties();
        Values values = Values.of(ties).with("weight", 1).with("density", 0.2);
        assertArrayEquals(
                new float[] {3}, ArrayInputs.vector(new float[] {1}, new float[] {3}).merge(ties, values));
    }

    @ParameterizedTest
    @MethodSource("withConsensus")
    void aModelOfWeightZeroCountsForNothing(MergeMethod method) {
        ArrayInputs two = ArrayInputs.matrix(33, base, models[0], models[1]);
        Values both = Values.of(method).with("weight", 0.5, 0.3).with("density", 0.6);
        Values three = Values.of(method).with("weight", 0.5, 0.3, 0).with("density", 0.6);
        assertArrayEquals(two.merge(method, both), merge(method, three));
    }

    @Test
    void theOrderOfModelsDoesNotMatterToTies() {
        Ties ties = new Ties();
        float[] merged = merge(ties, Values.of(ties).with("weight", WEIGHTS).with("density", 0.4));
        float[] turned = ArrayInputs.matrix(33, base, models[2], models[0], models[1])
                .merge(ties, Values.of(ties).with("weight", 0.4, 0.5, 0.3).with("density", 0.4));
        Samples.assertClose(Samples.wide(merged), turned, 1e-9, "seed " + SEED);
    }

    @Test
    void lambdaScalesTheMergedTaskVector() {
        Ties ties = new Ties();
        double[] once = Samples.wide(merge(ties, Values.of(ties).with("weight", WEIGHTS)));
        float[] twice = merge(ties, Values.of(ties).with("weight", WEIGHTS).with("lambda", 2));
        double[] expected = new double[once.length];
        for (int i = 0; i < once.length; i++) {
            expected[i] = 2 * once[i] - base[i];
        }
        Samples.assertClose(expected, twice, 2e-8, "seed " + SEED);
    }
}
