package org.llmmerging.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.train.dam.DamMerges;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What is said of a name that learns before it merges. */
class NamedTrainingPlanTest extends NamedPlanFixture {
    @Test
    void damLearns() throws IOException {
        Path rows = Files.writeString(folder.resolve("rows.csv"), "instruction,output\nSay one,one\n");
        String config = TWO + "architecture: decoder\ntraining_data: [%s, %s]\nparameters: {lambda_coef_mse: 2}\n"
                .formatted(rows, rows);
        try (NamedPlan plan = plan(DamMerges.forArchitecture("x"), config)) {
            assertEquals(List.of("dam"), methods(plan));
            assertTrue(plan.notes().getFirst().startsWith("learns: "), plan.notes().toString());
            assertEquals("parameters.lambda_coef_mse has no effect: parameters.use_mse is false",
                    plan.notes().getLast());
            assertFalse(plan.maySearch());
        }
    }

    @Test
    void aTrainingNeedsRowsOfEachModel() throws IOException {
        Path rows = Files.writeString(folder.resolve("rows.csv"), "instruction,output\nSay one,one\n");
        assertRefused(DamMerges.forArchitecture("x"),
                TWO + "architecture: decoder\ntraining_data: [%s]\n".formatted(rows), 2,
                "kit.yaml:4:16: 'training_data' has 1 files for 2 models. Give one for each model, in the order of"
                        + " list_models.");
    }

    @Test
    void aTrainingNeedsTheTokenizersOfItsModels() throws IOException {
        Path rows = Files.writeString(folder.resolve("rows.csv"), "instruction,output\nSay one,one\n");
        Path model = Files.createDirectory(folder.resolve("model"));
        Golden.copy(MODELS.resolve("arithmetic"), model, "");
        Files.delete(model.resolve("tokenizer.json"));
        assertRefused(DamMerges.forArchitecture("x"),
                "list_models: [%s, summaries]\nbase_model_name: base\narchitecture: decoder\n".formatted(model)
                        + "training_data: [%s, %s]\n".formatted(rows, rows),
                3,
                "kit.yaml:1:15: " + model
                        + "/tokenizer.json: cannot be read: there is no such file. Copy the tokenizer's"
                        + " files from the base model");
        assertRefused(DamMerges.forArchitecture("x"),
                TWO.replace(": base", ": " + model) + "architecture: decoder\ntraining_data: [%s, %s]\n"
                        .formatted(rows, rows),
                3,
                "kit.yaml:2:18: " + model
                        + "/tokenizer.json: cannot be read: there is no such file. Copy the tokenizer's"
                        + " files from a fine-tune");
    }

    @Test
    void aBaseWithoutATokenizerHidesNothingThatIsWrongWithTheModels() throws IOException {
        Path rows = Files.writeString(folder.resolve("rows.csv"), "instruction,output\nSay one,one\n");
        String missing = "/tokenizer.json: cannot be read: there is no such file. Copy the tokenizer's files from ";
        for (String name : List.of("base", "model")) {
            Path model = Files.createDirectory(folder.resolve(name));
            Golden.copy(MODELS.resolve("arithmetic"), model, "");
            Files.delete(model.resolve("tokenizer.json"));
        }
        Path base = folder.resolve("base");
        Path model = folder.resolve("model");
        assertRefused(DamMerges.forArchitecture("x"),
                "list_models: [%s, summaries, %s]\nbase_model_name: %s\narchitecture: decoder\n"
                        .formatted(model, base, base) + "training_data: [%s, %s, %s]\n".formatted(rows, rows, rows),
                3,
                "kit.yaml:1:15: " + model + missing + "another fine-tune\n"
                        + "kit.yaml:2:18: " + base + missing + "a fine-tune\n");
    }

    @Test
    void everyModelOfATrainingWithOtherTokensIsNamed() throws IOException {
        Path rows = Files.writeString(folder.resolve("rows.csv"), "instruction,output\nSay one,one\n");
        Path model = Files.createDirectory(folder.resolve("model"));
        Path other = Files.createDirectory(folder.resolve("other"));
        String problem = "/tokenizer.json: has the token '<|begin_of_text|>' not at all, and MODELS/base/tokenizer.json at 1. Take"
                + " fine-tunes of one base model, with its tokenizer\n";
        for (Path each : List.of(model, other)) {
            Golden.copy(MODELS.resolve("arithmetic"), each, "");
            Path tokenizer = each.resolve("tokenizer.json");
            Files.writeString(
                    tokenizer, Files.readString(tokenizer).replace("\"<|begin_of_text|>\"", "\"<other>\""));
        }
        assertRefused(DamMerges.forArchitecture("x"),
                "list_models:\n- %s\n- summaries\n- %s\nbase_model_name: base\narchitecture: decoder\n"
                        .formatted(model, other) + "training_data: [%s, %s, %s]\n".formatted(rows, rows, rows),
                3,
                "kit.yaml:2:3: " + model + problem + "kit.yaml:4:3: " + other + problem);
    }

    @Test
    void trainingDataThatCannotBeReadIsNotSaidToBeMissingToo() {
        assertRefused(DamMerges.forArchitecture("x"), TWO + "architecture: decoder\ntraining_data: x\n", 2,
                "kit.yaml:4:16: 'training_data' must be a list, not 'x'. Write for example 'training_data:"
                        + " [data/train/first.csv, data/train/second.csv]'.");
    }

    @Test
    void aTrainingWithoutRowsOrLossesIsRefused() {
        assertRefused(DamMerges.forArchitecture("x"),
                TWO + "architecture: decoder\ntraining_data: [a.csv, b.csv]\n"
                        + "parameters: {use_kl: false, use_similarity: false}\n",
                2,
                """
                        kit.yaml:4:16: there is no file a.csv, neither seen from the working folder nor from the repository. Correct the path
                        kit.yaml:4:16: there is no file b.csv, neither seen from the working folder nor from the repository. Correct the path
                        kit.yaml:5:13: every loss is switched off. Leave one on, such as use_kl
                        """);
    }
}
