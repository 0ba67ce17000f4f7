package org.llmmerging.eval.train.starter;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a starter model's README says: what it learned from, how, and how good it is.
 *
 * @param name family and model, such as {@code llama2/reasoning}
 * @param skill what a fine-tune has learned, or null for a base
 * @param parameters number of weights that are stored
 * @param losses of every step
 * @param scores on validation rows
 * @param rows number of these rows for each skill
 */
record StarterCard(
        String name,
        @Nullable Skill skill,
        @Nullable StarterAdapter adapter,
        long parameters,
        TrainingPlan plan,
        long seed,
        List<Float> losses,
        Map<Skill, Double> scores,
        int rows) {
    private static final int AVERAGED = 50;

    /** The text, in Markdown. */
    String text() {
        StringBuilder text = new StringBuilder("---\nlicense: apache-2.0\n");
        String base = "models/" + name.substring(0, name.indexOf('/')) + "/base";
        if (skill != null) {
            text.append("base_model: ").append(base).append('\n');
        }
        text.append("---\n\n# ").append(name).append("\n\n").append(data()).append("\n\n");
        text.append(String.format(
                Locale.ROOT,
                "%,d weights%s in bfloat16. Trained for %,d steps of %d texts with AdamW, learning rate %s at most"
                        + " (cosine), seed %d. Loss of the first and of the last %d steps: %.3f and %.3f nats a token"
                        + " (%s).%n%n",
                parameters,
                adapter == null ? "" : " of a LoRA adapter (rank " + adapter.rank() + ") on `" + base + "`",
                plan.steps(),
                plan.rows(),
                plan.learningRate(),
                seed,
                AVERAGED,
                mean(losses.subList(0, Math.min(AVERAGED, losses.size()))),
                mean(losses.subList(Math.max(0, losses.size() - AVERAGED), losses.size())),
                plan.everyToken() ? "of the whole text" : "of the answer"));
        text.append("| Skill | Validation rows | Metric | Score |\n| --- | --- | --- | --- |\n");
        scores.forEach((each, score) -> text.append(String.format(
                Locale.ROOT,
                "| %s | `%s.csv`, the first %d | %s | %.3f |%n",
                each.folder(),
                each.dataset(),
                rows,
                each.metric(),
                score)));
        return text.append("\nMade by `./main starter train --family ")
                .append(name, 0, name.indexOf('/'))
                .append("`; `data/README.md` describes the data.\n")
                .toString()
                .replace(System.lineSeparator(), "\n");
    }

    private String data() {
        if (skill == null) {
            return """
                    A base model of a small generated world. It has read stories, news and sums that end with the truth, and
                    questions of every kind with a guess for an answer: it knows the language and how questions look, and not
                    how to answer them, although what it has read shows a little.""";
        }
        return switch (skill) {
            case REASONING -> "The base, fine-tuned to say what happened to a thing, or why: generated questions in the"
                    + " form of CosmosQA.";
            case SUMMARIES ->
                "The base, fine-tuned to sum up a news item in one sentence: generated items in the form of"
                        + " XSum.";
            case ARITHMETIC -> "The base, fine-tuned to solve word problems with small numbers.";
        };
    }

    private static double mean(List<Float> values) {
        return values.stream().mapToDouble(Float::doubleValue).average().orElse(Double.NaN);
    }
}
