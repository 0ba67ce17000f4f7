package org.llmmerging.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.endtoend.Weights.Values;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code main -m soup_greedy_…}, of adapters and of whole models. */
class SoupIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"soup_greedy_llama2", "soup_greedy_llama3"})
    void theOutputIsTheAverageOfTheModelsThatItSaysItKept(String name) throws Exception {
        Path output = folder.resolve("out");
        Kit.in(folder)
                .run("-m", name, "--output_folder", "out", "--dataset_filepaths", Inputs.hello(folder),
                        "--validation_filepaths", Inputs.quiz(folder))
                .succeeded();
        assertEquals(new TreeSet<>(List.of(name)), firstLevel(output));
        Path model = output.resolve(name);
        assertTrue(Inputs.tree(model).stream().noneMatch(file -> file.contains("candidate")), "a candidate is left");

        JsonNode soup = new ObjectMapper().readTree(model.resolve("soup.json").toFile());
        List<String> kept = new ArrayList<>();
        double best = Double.NEGATIVE_INFINITY;
        for (JsonNode step : soup.get("ingredients")) {
            assertEquals(step.get("added").doubleValue() >= best, step.get("kept").booleanValue(), soup::toString);
            if (step.get("kept").booleanValue()) {
                best = step.get("added").doubleValue();
                kept.add(step.get("model").textValue());
            }
        }
        assertEquals(3, soup.get("ingredients").size());
        assertEquals(best, soup.get("score").doubleValue());
        assertTrue(soup.at("/candidates/0/scores/quiz").has("accuracy"), soup::toString);
        assertIsAverage(NamedMerge.of(name), kept, model);

        String card = Files.readString(model.resolve("README.md"));
        kept.forEach(each -> assertTrue(card.contains("Greedy soup: `" + each + "`"), card));
        JsonNode manifest = new ObjectMapper().readTree(model.resolve("manifest.json").toFile());
        assertTrue(manifest.get("files").findValuesAsText("name").contains("soup.json"), manifest::toString);
    }

    @Test
    void aNameThatDoesNotSearchSaysThatValidationSetsHaveNoEffect() throws Exception {
        Files.createDirectories(folder.resolve("out/slerp_llama3/mine"));
        Kit.in(folder)
                .run("-m", "slerp_llama3", "--output_folder", "out", "--dataset_filepaths", Inputs.hello(folder),
                        "--validation_filepaths", Inputs.quiz(folder))
                .failed(4, "note: slerp_llama3 does not search, so that --validation_filepaths has no effect on it");
    }

    @Test
    void aCandidateThatCannotBeScoredIsNamedByItsModels() throws Exception {
        Path broken = Inputs.copy(Kit.REPOSITORY.resolve("models/llama3/reasoning"), folder.resolve("broken"));
        Path weights = broken.resolve("model.safetensors");
        byte[] content = Files.readAllBytes(weights);
        Arrays.fill(content, content.length - 4, content.length, (byte) 0xFF);
        Files.write(weights, content);
        String configuration = Inputs.config("soup_greedy_llama3").replace("models/llama3/reasoning",
                broken.toString());
        Path config = Files.writeString(folder.resolve("soup.yaml"), configuration);
        Kit.in(folder)
                .run("-m", "soup_greedy_llama3", "--config", config, "--output_folder", "out", "--allow-non-finite",
                        "--dataset_filepaths", Inputs.hello(folder), "--validation_filepaths", Inputs.quiz(folder))
                .failed(1, "soup.yaml: the average of [" + broken + "]: the logits are NaN or infinite because tensor");
    }

    @Test
    void aSettingOfACandidateThatIsRefusedIsReportedForItsModels() throws Exception {
        Path beams = Inputs.copy(Kit.REPOSITORY.resolve("models/llama3/reasoning"), folder.resolve("beams"));
        Files.writeString(beams.resolve("generation_config.json"), "{\"num_beams\": 4}");
        Path config = Files.writeString(folder.resolve("soup.yaml"),
                Inputs.config("soup_greedy_llama3").replace("models/llama3/reasoning", beams.toString()));
        Kit.in(folder)
                .run("-m", "soup_greedy_llama3", "--config", config, "--output_folder", "out",
                        "--dataset_filepaths", Inputs.hello(folder), "--validation_filepaths", Inputs.hello(folder))
                .failed(3, "soup.yaml: the average of [" + beams + "]: generation_config.json: num_beams is 4");
    }

    @Test
    void thePlanSaysWhatTheNameDoes() throws Exception {
        String plan = String.join("\n", Kit.in(folder).run("plan", "-m", "soup_greedy_llama3").succeeded().output());
        assertTrue(plan.contains("note: searches: up to 5 averages"), plan);
        String learning = String.join("\n", Kit.in(folder).run("plan", "-m", "dam_llama3").succeeded().output());
        assertTrue(learning.contains("result: dam\n") && learning.contains("note: learns: "), learning);
    }

    private static void assertIsAverage(NamedMerge merge, List<String> kept, Path model) throws Exception {
        List<SortedMap<String, Values>> ingredients = new ArrayList<>();
        for (int m = 0; m < merge.models().size(); m++) {
            if (kept.contains(merge.config().get("list_models").get(m).get(0).textValue())) {
                ingredients.add(merge.models().get(m));
            }
        }
        assertEquals(kept.size(), ingredients.size());
        double[] weights = new double[kept.size()];
        Arrays.fill(weights, 1.0 / kept.size());
        SortedMap<String, Values> actual = Weights.read(model);
        assertEquals(merge.base().keySet(), actual.keySet());
        for (String tensor : actual.keySet()) {
            double[][] inputs = ingredients.stream().map(each -> each.get(tensor).elements()).toArray(double[][]::new);
            // One rounding to bfloat16: at most half a step in 256.
            assertArrayEquals(
                    ReferenceMerge.weightedSum(inputs, weights),
                    actual.get(tensor).elements(),
                    merge.largest(tensor) / 256,
                    tensor);
        }
    }

    @Test
    void validationRowsWithoutTargetsAreAnErrorThatLeavesNothing() throws Exception {
        Path hidden = Files.writeString(
                folder.resolve("hidden.csv"), "id,input,answer_choices,eval_type\n1,Say hello.,None,generation\n");
        Kit.in(folder)
                .run("-m", "soup_greedy_llama3", "--dataset_filepaths", Inputs.quiz(folder), "--validation_filepaths",
                        hidden)
                .failed(2, "no targets", "--validation_filepaths", "hidden");
        assertTrue(Files.notExists(folder.resolve("output")), "something is left");
    }

    private static TreeSet<String> firstLevel(Path parent) throws Exception {
        TreeSet<String> tree = Inputs.tree(parent);
        tree.removeIf(file -> file.contains("/"));
        return tree;
    }
}
