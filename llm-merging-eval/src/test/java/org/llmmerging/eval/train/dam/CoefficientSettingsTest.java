package org.llmmerging.eval.train.dam;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.llmmerging.checkpoint.JsonFile;

import static org.junit.jupiter.api.Assertions.assertEquals;

class CoefficientSettingsTest {
    private static final List<DamParameter> SWITCHES = DamParameter.of(DamParameter.Use.MERGE);

    @Test
    void everySwitchIsWrittenByItsName() {
        for (DamParameter chosen : SWITCHES) {
            CoefficientSettings settings = CoefficientSettings.of(7, each -> each == chosen ? 1 : 0);
            SWITCHES.forEach(each -> assertEquals(each == chosen, settings.byName().get(each.key()), each.key()));
        }
    }

    @Test
    void whatIsWrittenIsReadAgain() {
        for (DamParameter chosen : SWITCHES) {
            for (LayerKind random : List.of(LayerKind.LINEAR, LayerKind.EMBEDDING, LayerKind.NORM)) {
                CoefficientSettings settings = CoefficientSettings.of(7, each -> each == chosen ? 1 : 0)
                        .withRandom(random, true)
                        .withNonLinearity(NonLinearity.TANH);
                assertEquals(
                        Optional.of(settings), CoefficientSettings.ofNames(JsonFile.tree(settings.byName())));
            }
        }
    }

    @Test
    void anUnknownNonLinearityIsNotRead() {
        assertEquals(Optional.empty(), CoefficientSettings.ofNames(JsonFile.object().put("non_linearity", "cube")));
    }
}
