package org.llmmerging.eval.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Log-probability of every token of every choice. A question's choices are branches of one row, so that the prompt is
 * read once.
 */
final class ChoiceScorer {
    private final LanguageModel model;
    private final int padId;

    ChoiceScorer(LanguageModel model, int padId) {
        this.model = model;
        this.padId = padId;
    }

    /** For each question, for each choice, one log-probability a token. */
    List<List<float[]>> score(List<Question> questions, List<int[]> groups) {
        return switch (model) {
            case DecoderModel decoder -> score(decoder, questions, groups);
            case EncoderDecoderModel both -> score(both, questions);
        };
    }

    /** Tokens that a question's row has besides the prompt, where it has one. */
    int branchTokens(Question question) {
        return switch (model) {
            case DecoderModel decoder -> question.choices().stream().mapToInt(c -> withoutLast(c).length).sum();
            case EncoderDecoderModel both -> Math.max(0, question.choiceTokens() - question.prompt().length);
        };
    }

    /** A branch is a choice without its last token, which predicts nothing; the prompt's end predicts its first. */
    private List<List<float[]>> score(DecoderModel decoder, List<Question> questions, List<int[]> groups) {
        PromptTree tree = new PromptTree(
                questions.stream().map(Question::prompt).toList(),
                branches(questions, ChoiceScorer::withoutLast),
                groups,
                padId);
        TokenScores scores = new TokenScores(model);
        List<List<float[]>> results = new ArrayList<>();
        for (int row = 0; row < questions.size(); row++) {
            List<int[]> choices = questions.get(row).choices();
            List<float[]> result = new ArrayList<>();
            for (int branch = 0; branch < choices.size(); branch++) {
                int[] choice = choices.get(branch);
                float[] values = new float[choice.length];
                for (int i = 0; i < choice.length; i++) {
                    scores.request(i == 0 ? tree.end(row) : tree.branch(row, branch) + i - 1, choice[i], values, i);
                }
                result.add(values);
            }
            results.add(result);
        }
        if (scores.isEmpty()) {
            return results;
        }
        try (NDManager scope = model.manager().newSubManager()) {
            scores.compute(decoder.hiddenStates(scope, tree.layout()));
        }
        return results;
    }

    /** A branch is the start token and a choice without its last. */
    private List<List<float[]>> score(EncoderDecoderModel both, List<Question> questions) {
        List<int[]> inputs = questions.stream().map(Question::prompt).toList();
        List<int[]> trunks = questions.stream().map(question -> new int[0]).toList();
        TokenLayout layout = TokenLayout.branching(trunks, branches(questions, both.config()::decoderInput), padId);
        TokenScores scores = new TokenScores(model);
        List<List<float[]>> results = new ArrayList<>();
        for (int row = 0; row < questions.size(); row++) {
            int branch = row * layout.width();
            List<float[]> result = new ArrayList<>();
            for (int[] choice : questions.get(row).choices()) {
                float[] values = new float[choice.length];
                for (int i = 0; i < choice.length; i++) {
                    scores.request(branch + i, choice[i], values, i);
                }
                branch += choice.length;
                result.add(values);
            }
            results.add(result);
        }
        if (scores.isEmpty()) {
            return results;
        }
        try (NDManager scope = model.manager().newSubManager();
                EncodedInput encoded = both.encode(inputs, padId);
                NDArray hidden = both.decode(scope, layout, List.of(encoded), null)) {
            scores.compute(hidden);
        }
        return results;
    }

    private static List<List<int[]>> branches(
            List<Question> questions, UnaryOperator<int[]> toBranch) {
        return questions.stream()
                .map(question -> question.choices().stream().map(toBranch).toList())
                .toList();
    }

    private static int[] withoutLast(int[] tokens) {
        return Arrays.copyOf(tokens, Math.max(0, tokens.length - 1));
    }
}
