package org.llmmerging.soup;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.llmmerging.Scores;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.config.ModelReference;

/**
 * {@value #NAME}, beside the weights of a soup: {@code score}; {@code ingredients}, in the order in which they were
 * tried, each with its {@code model}, its score {@code alone}, the score of the soup with it ({@code added}) and
 * whether it was {@code kept}; and {@code candidates}, every average that was scored, with its unrounded figures.
 */
final class SoupFile {
    static final String NAME = "soup.json";

    private SoupFile() {}

    /**
     * Writes the file into a folder that is not visible yet.
     *
     * @param models the ingredients, in the configuration's order
     * @param scores the figures of every average that was scored
     */
    static void write(Path folder, GreedySoup soup, List<ModelReference> models, Map<List<Integer>, Scores> scores) {
        ObjectNode root = JsonFile.object();
        root.put("score", soup.score());
        ArrayNode ingredients = root.putArray("ingredients");
        for (GreedySoup.Step step : soup.steps()) {
            ingredients.addObject()
                    .put("model", models.get(step.ingredient()).toString())
                    .put("alone", step.alone())
                    .put("added", step.added())
                    .put("kept", step.kept());
        }
        ArrayNode candidates = root.putArray("candidates");
        scores.entrySet().stream()
                .sorted(Map.Entry.comparingByKey((one, other) -> one.size() == other.size()
                        ? one.toString().compareTo(other.toString())
                        : one.size() - other.size()))
                .forEach(entry -> {
                    ObjectNode candidate = candidates.addObject();
                    ArrayNode names = candidate.putArray("models");
                    entry.getKey().forEach(ingredient -> names.add(models.get(ingredient).toString()));
                    candidate.set("scores", JsonFile.tree(entry.getValue().byDataset()));
                });
        JsonFile.write(folder.resolve(NAME), root);
    }
}
