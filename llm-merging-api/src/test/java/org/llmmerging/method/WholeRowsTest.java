package org.llmmerging.method;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.llmmerging.MergeMethod;
import org.llmmerging.config.ConfigException;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class WholeRowsTest {
    private static final List<Shape> TOO_LARGE = List.of(
            Shape.of((1L << 31) + 5), Shape.of(2, WholeRows.LONGEST + 1), Shape.of(1L << 31, 1));

    private static void assertRefuses(MergeMethod method, Values values) {
        method.check(Shape.of(1L << 20, WholeRows.LONGEST), 2, values);
        for (Shape shape : TOO_LARGE) {
            ConfigException refusal = assertThrows(ConfigException.class, () -> method.check(shape, 2, values));
            assertTrue(refusal.getMessage().startsWith("the shape " + shape + " is too large"), refusal::getMessage);
        }
    }

    private static void assertTakes(MergeMethod method, Values values) {
        TOO_LARGE.forEach(shape -> method.check(shape, 2, values));
    }

    @Test
    void rowsThatNoArrayHoldsAreRefusedWhenTheMergeIsPlanned() {
        for (MergeMethod method : List.of(new Della(), new DellaLinear())) {
            assertRefuses(method, Values.of(method).with("weight", 1, 1).with("density", 0.5, 1));
        }
        ModelStock stock = new ModelStock();
        assertRefuses(stock, Values.of(stock).with("filter_wise", 1));
        NuSlerp nuslerp = new NuSlerp();
        assertRefuses(nuslerp, Values.of(nuslerp).with("weight", 1, 1).with("nuslerp_flatten", 0));
        assertRefuses(new ArceeFusion(), Values.of(new ArceeFusion()));
    }

    @Test
    void whatDoesNotGoByRowsTakesThem() {
        Della della = new Della();
        assertTakes(della, Values.of(della).with("weight", 1, 1).with("density", 1, 1));
        assertTakes(new ModelStock(), Values.of(new ModelStock()));
        NuSlerp nuslerp = new NuSlerp();
        assertTakes(nuslerp, Values.of(nuslerp).with("weight", 1, 1));
        assertTakes(
                nuslerp,
                Values.of(nuslerp).with("weight", 1, 1).with("nuslerp_flatten", 0).with("nuslerp_row_wise", 1));
    }
}
