package org.llmmerging.eval.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.llmmerging.Example;
import org.llmmerging.eval.task.Dataset;
import org.llmmerging.eval.task.DatasetResult;
import org.llmmerging.eval.task.EvaluationResult;
import org.llmmerging.eval.task.Prediction;

/** Results of models that answer two small sets, differently well. */
final class SampleOutcomes {
    private static final Dataset QUIZ = new Dataset(
            "quiz",
            Path.of("quiz.csv"),
            "00ff",
            List.of(
                    new Example("q1", "Which bird?", "1", List.of("a <b>hen</b>", "🦜 emoji 👩‍🚀", "none")),
                    new Example("q2", "טקסט מימין לשמאל: מה נכון?", "0", List.of("כן", "לא")),
                    new Example("q3", "withheld", null, List.of("x", "y"))));
    private static final Dataset NEWS = new Dataset(
            "news",
            Path.of("news.jsonl"),
            "11ee",
            List.of(
                    new Example("n1", "Summarise: <script>alert('x')</script> & \"more\"", "the cat sat", List.of()),
                    new Example("n2", "A text with a control \u0000 character.", "a dog ran home", List.of())));
    private static final List<String> TEXTS = List.of("the cat sat", "cat", "", "a dog <script>alert('x')</script>");

    private SampleOutcomes() {}

    static List<ModelOutcome> of(int models) {
        List<ModelOutcome> outcomes = new ArrayList<>();
        for (int model = 0; model < models; model++) {
            List<Prediction> choices = new ArrayList<>();
            choices.add(Prediction.ofText("q1", String.valueOf((model + 1) % 3)));
            choices.add(Prediction.ofText("q2", String.valueOf(model % 2)));
            choices.add(Prediction.ofText("q3", "1"));
            List<Prediction> texts = List.of(
                    Prediction.ofText("n1", TEXTS.get(model % 4)), Prediction.ofText("n2", TEXTS.get(3 - model % 4)));
            EvaluationResult result = new EvaluationResult(List.of(
                    DatasetResult.score(QUIZ, choices, false), DatasetResult.score(NEWS, texts, false)));
            outcomes.add(ModelOutcome.scored("model-" + model, result.scores(), result.datasets()));
        }
        return outcomes;
    }
}
