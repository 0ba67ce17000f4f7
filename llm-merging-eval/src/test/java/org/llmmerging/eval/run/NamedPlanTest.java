package org.llmmerging.eval.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.llmmerging.LoadedModels;
import org.llmmerging.MergeContext;
import org.llmmerging.Merges;
import org.llmmerging.MergesDescription;
import org.llmmerging.PlanContext;
import org.llmmerging.StandardMerges;
import org.llmmerging.eval.train.dam.DamMerges;
import org.llmmerging.soup.SoupMerges;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class NamedPlanTest extends NamedPlanFixture {
    @Test
    void aNameThatKeepsTheStepsMergesWithItsMethod() throws IOException {
        try (NamedPlan plan = plan(StandardMerges.named("ties_x", "ties", "x"), TWO + "architecture: decoder\n")) {
            assertEquals(List.of("ties"), methods(plan));
            assertEquals(List.of(), plan.notes());
            assertFalse(plan.maySearch());
        }
    }

    @Test
    void aSoupSearches() throws IOException {
        try (NamedPlan plan = plan(SoupMerges.forArchitecture("x"), TWO + "architecture: decoder\n")) {
            assertEquals(List.of("linear"), methods(plan));
            assertTrue(plan.notes().getFirst().startsWith("searches: up to 3 averages"), plan.notes().toString());
            assertTrue(plan.maySearch());
        }
    }

    @Test
    void whatMergesInItsOwnWayIsNotPlanned() throws IOException {
        Merges own = new Merges() {
            @Override
            public MergesDescription description() {
                return new MergesDescription("own_x", "evolution", "x");
            }

            @Override
            public Path merge(MergeContext context, LoadedModels models) {
                throw new UnsupportedOperationException();
            }
        };
        try (NamedPlan plan = plan(own, "list_models: [nowhere]\narchitecture: decoder\n")) {
            assertTrue(plan.merge().isEmpty());
            assertEquals(List.of("own_x merges in its own way, which shows only when it is run"), plan.notes());
            assertTrue(plan.maySearch());
        }
    }

    @Test
    void aMisspeltMethodIsTheRegistrationsFault() {
        assertRefused(StandardMerges.named("typo_x", "slrep", "x"), TWO + "architecture: decoder\n", 6,
                "built in: typo_x is registered with a method that is not there. There is no merge method named"
                        + " 'slrep'. Did you mean 'slerp'?");
    }

    @Test
    void everythingIsToldAtOnce() {
        assertRefused(StandardMerges.named("ties_x", "ties", "x"),
                "list_models: [arithmetic, nowhere]\nbase_model_name: neither\narchitecture: decodr\nmax_gen_lem: 3\n"
                        + "parameters: {densty: 1, density: x, normalize: 3}\n",
                2,
                """
                        kit.yaml:3:15: unknown 'architecture' 'decodr'. Did you mean 'decoder'?
                        kit.yaml:4:1: unknown key 'max_gen_lem' in a kit configuration. Did you mean 'max_gen_len'?
                        kit.yaml:5:22: method ties has no parameter 'densty'. Did you mean 'density'?
                        kit.yaml:5:34: 'density' must be a number, or true or false where it is a switch, not 'x'. Write one of them.
                        kit.yaml:5:48: parameter normalize is 3 and must be true or false
                        kit.yaml:2:18: neither: there is no such folder in [MODELS]
                        kit.yaml:1:27: nowhere: there is no such folder in [MODELS]
                        """);
    }

    @Test
    void ofWhatCannotBeReadTheRestIsTold() {
        assertRefused(StandardMerges.named("ties_x", "ties", "x"),
                "list_models: [arithmetic, nowhere, []]\nis_peft: false\nparameter_lambdas: [1, 2]\n"
                        + "parameters: {densty: 1}\nbase_model_name: base\n",
                2,
                """
                        kit.yaml:1:1: missing 'architecture'. Write for example 'architecture: decoder'.
                        kit.yaml:1:36: a model must be a pair [name, revision], not a list. Write for example [models/first, null].
                        kit.yaml:3:20: 'parameter_lambdas' has 2 numbers for 3 models. Give one for each model, in the order of list_models.
                        kit.yaml:4:22: method ties has no parameter 'densty'. Did you mean 'density'?
                        kit.yaml:1:27: nowhere: there is no such folder in [MODELS]
                        """);
    }

    @Test
    void whatASoupAndATrainingDoNotTakeIsToldWithTheRest() {
        assertRefused(SoupMerges.forArchitecture("x"),
                "list_models: [arithmetic, nowhere]\narchitecture: decoder\nparameter_lambdas: [x, 2]\n"
                        + "parameters: {density: [y]}\n",
                2,
                """
                        kit.yaml:3:20: a greedy soup is an average of equal weights, and takes no parameter_lambdas and no parameters but the seed. Remove parameter_lambdas
                        kit.yaml:4:23: a greedy soup is an average of equal weights, and takes no parameter_lambdas and no parameters but the seed. Remove 'density'
                        kit.yaml:1:27: nowhere: there is no such folder in [MODELS]
                        """);
        assertRefused(DamMerges.forArchitecture("x"),
                TWO + "architecture: decoder\nparameters: {epochs: 0, learnig_rate: 1}\n", 2,
                """
                        kit.yaml:1:1: dam learns from training_data. Add a file for each model
                        kit.yaml:4:22: parameter epochs is 0 and must be a whole number from 1 to 2147483647
                        kit.yaml:4:39: method dam has no parameter 'learnig_rate'. Did you mean 'learning_rate'?
                        """);
    }

    @Test
    void trainingRowsAreForNamesThatLearn() {
        String config = TWO + "architecture: decoder\ntraining_data: [a.csv, b.csv]\n";
        String expected = "kit.yaml:4:16: training_data is for a name that learns, such as dam_llama. Remove it, or run"
                + " such a name";
        assertRefused(StandardMerges.named("ties_x", "ties", "x"), config, 2, expected);
        assertRefused(SoupMerges.forArchitecture("x"), config, 2, expected);
        assertRefused(StandardMerges.named("ties_x", "ties", "x"), config.replace(", b.csv", ""), 2, expected);
    }

    @Test
    void anArchitectureThatIsNotTheModelsIsRefused() {
        assertRefused(StandardMerges.named("ties_x", "ties", "x"), TWO + "architecture: encoder_decoder\n", 2,
                "kit.yaml:3:15: architecture is encoder_decoder, and the models are of type llama. Write architecture:"
                        + " decoder");
    }

    @Test
    void modelsAreOpenedForAPlanOnceAMergeIsPlanned() {
        Merges early = new Merges() {
            @Override
            public MergesDescription description() {
                return new MergesDescription("early_x", "ties", "x");
            }

            @Override
            public void plan(PlanContext context) {
                context.openModels();
            }
        };
        assertRefused(early, TWO + "architecture: decoder\n", 6,
                "built in: early_x opens models before it has planned a merge. Report it to its author, or take the jar"
                        + " out of the folder");
    }

    @Test
    void modelsThatAreNotThereAloneKeepTheirExitCode() {
        assertRefused(StandardMerges.named("ties_x", "ties", "x"),
                "list_models: [arithmetic, nowhere]\nbase_model_name: base\narchitecture: decoder\n", 3,
                "kit.yaml:1:27: nowhere: there is no such folder in [MODELS]");
    }

    @Test
    void parametersOfOtherMethodsArePassedOverWithANote() throws IOException {
        String config = TWO + "architecture: decoder\nparameters: {gamma: [0.5, 1]}\n";
        try (NamedPlan plan = plan(StandardMerges.named("ties_x", "ties", "x"), config)) {
            List<String> notes = plan.merge().orElseThrow().notes();
            assertEquals(1, notes.size(), notes::toString);
            assertTrue(notes.getFirst().endsWith(
                    "kit.yaml:4:21: method ties has no parameter 'gamma', as others have, and passes over it"),
                    notes::toString);
        }
    }

    @Test
    void aCoefficientThatIsNotUsedIsNoted() throws IOException {
        String config = TWO + "architecture: decoder\nparameter_lambdas: [0.5, 0.9]\n";
        try (NamedPlan plan = plan(StandardMerges.named("slerp_x", "slerp", "x"), config)) {
            assertTrue(plan.notes().getFirst().endsWith("the others have no effect"), plan.notes().toString());
        }
    }
}
