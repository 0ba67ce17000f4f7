package org.llmmerging.eval.train.starter;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.Example;
import org.llmmerging.eval.model.ModelPredictor;
import org.llmmerging.eval.model.PredictorOptions;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.DatasetResult;
import org.llmmerging.eval.task.Evaluation;

/** How good a model is at each skill, on validation rows. */
final class SkillScores {
    private SkillScores() {}

    /**
     * Scores a model folder.
     *
     * @param rows validation rows of each skill, the first of those that the data sets hold
     * @return each skill's {@link Skill#metric}
     */
    static Map<Skill, Double> of(Path model, StarterData data, int rows) {
        List<Dataset> datasets = new ArrayList<>();
        for (Skill skill : Skill.values()) {
            datasets.add(dataset(skill, data.rows(skill, Split.VALIDATION, rows)));
        }
        Map<Skill, Double> scores = new EnumMap<>(Skill.class);
        try (ModelPredictor predictor = ModelPredictor.open(model, PredictorOptions.defaults(), (done, total) -> {})) {
            for (DatasetResult result : Evaluation.run(predictor, datasets).datasets()) {
                for (Skill skill : Skill.values()) {
                    if (result.dataset().name().equals(skill.dataset())) {
                        scores.put(skill, result.metrics().getOrDefault(skill.metric(), 0.0));
                    }
                }
            }
        }
        return scores;
    }

    private static Dataset dataset(Skill skill, List<Item> items) {
        List<Example> examples = new ArrayList<>();
        for (Item item : items) {
            List<String> choices = item.isMultipleChoice() ? item.choices() : List.of();
            examples.add(new Example(Integer.toString(examples.size()), item.prompt(), item.target(), choices));
        }
        return new Dataset(skill.dataset(), Path.of(skill.dataset()), "", examples);
    }
}
