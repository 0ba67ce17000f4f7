package org.llmmerging.eval.results;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

class ConfigTextTest {
    private static final String TEXT = """
            # ties: three models.
            list_models:
              - [a, null]               # density: of nothing
            parameter_lambdas: [1.0, 1.0, 1.0]  # weight of each
            parameters:
              density: 0.5              # share that is kept
              normalize: true           # divide
            """;

    @Test
    void numbersAreReplacedAndCommentsStayWhereTheyAre() {
        assertEquals(
                TEXT.replace("[1.0, 1.0, 1.0]", "[0.5, 0.5, 0.5]").replace("density: 0.5 ", "density: 0.75").replace(
                        "0.75             #", "0.75             #"),
                ConfigText.with(TEXT, new TuningPoint(List.of(0.5, 0.5, 0.5), Map.of("density", 0.75))));
    }

    @Test
    void aParameterThatIsNotThereIsAdded() {
        assertEquals(
                TEXT.replace("parameters:\n", "parameters:\n  lambda: 1.5\n"),
                ConfigText.with(TEXT, new TuningPoint(List.of(), Map.of("lambda", 1.5))));
        assertEquals(
                "architecture: decoder\nparameters:\n  density: 0.3\n",
                ConfigText.withParameters("architecture: decoder\n", Map.of("density", 0.3)));
    }

    @Test
    void aParameterIsAddedBelowTheKeyThatHasACommentToo() {
        assertEquals(
                "parameters:    # how it is merged\n  density: 0.3\n  lambda: 1.0\n",
                ConfigText.withParameters(
                        "parameters:    # how it is merged\n  lambda: 1.0\n", Map.of("density", 0.3)));
        assertEquals(
                "parameters: # none yet\n  density: 0.3\n",
                ConfigText.withParameters("parameters: # none yet", Map.of("density", 0.3)));
    }

    @Test
    void coefficientsThatAreNotThereAreAdded() {
        TuningPoint setting = new TuningPoint(List.of(0.2, 0.8), Map.of());
        assertEquals(
                "architecture: decoder\nparameters:\n  density: 0.3\nparameter_lambdas: [0.2, 0.8]\n",
                ConfigText.with("architecture: decoder\nparameters:\n  density: 0.3", setting));
    }

    @Test
    void theTwinKeepsItsCoefficients() {
        assertEquals(
                TEXT.replace("density: 0.5", "density: 0.8"),
                ConfigText.withParameters(TEXT, Map.of("density", 0.8)));
    }

    @Test
    void theSameNumbersChangeNothing() {
        assertEquals(TEXT, ConfigText.with(TEXT, new TuningPoint(List.of(1.0, 1.0, 1.0), Map.of("density", 0.5))));
    }
}
