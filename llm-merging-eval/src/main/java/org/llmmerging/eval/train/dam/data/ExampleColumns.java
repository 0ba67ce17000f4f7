package org.llmmerging.eval.train.dam.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.Quoting;
import org.llmmerging.eval.task.Choices;
import org.llmmerging.eval.task.DatasetException;

/**
 * Which columns of a data set hold the prompt and the answer. The first name that is there counts. A column {@code
 * input} beside {@code instruction} is the text that the instruction is about, and follows it. A set with {@code text}
 * and no answer holds whole texts.
 */
final class ExampleColumns {
    static final List<String> PROMPTS = List.of("instruction", "question", "query", "input", "text");
    static final List<String> ANSWERS = List.of("output", "answer", "response", "target");

    private static final String CHOICES = "answer_choices";

    private final String prompt;
    private final @Nullable String context;
    private final @Nullable String answer;

    private ExampleColumns(String prompt, @Nullable String context, @Nullable String answer) {
        this.prompt = prompt;
        this.context = context;
        this.answer = answer;
    }

    /**
     * Finds those of a file.
     *
     * @throws DatasetException naming the file, the columns that it has and those that are known
     */
    static ExampleColumns of(Path file, Set<String> present, boolean needsAnswers) {
        try {
            return of(present, needsAnswers);
        } catch (IllegalArgumentException e) {
            throw new DatasetException(file, String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Finds those of a row.
     *
     * @param needsAnswers whether whole texts will not do, because the models are encoder-decoders
     * @throws IllegalArgumentException naming the columns that are there and those that are known
     */
    static ExampleColumns of(Set<String> present, boolean needsAnswers) {
        String prompt = first(PROMPTS, present);
        String answer = first(ANSWERS, present);
        boolean wholeTexts = "text".equals(prompt) && !needsAnswers;
        if (prompt == null || (answer == null && !wholeTexts)) {
            String missing = prompt == null ? "prompts" : "answers";
            throw new IllegalArgumentException("no column with the " + missing + "; the columns are "
                    + present.stream().map(Quoting::shortened).collect(Collectors.joining(", ")) + ". Known are "
                    + String.join(", ", PROMPTS) + " for prompts and "
                    + String.join(", ", ANSWERS) + " for answers"
                    + (needsAnswers ? "" : ", or text alone for whole texts") + "; rename the columns");
        }
        String context = prompt.equals("instruction") && present.contains("input") ? "input" : null;
        return new ExampleColumns(prompt, context, answer);
    }

    private static @Nullable String first(List<String> names, Set<String> present) {
        return names.stream().filter(present::contains).findFirst().orElse(null);
    }

    /** The columns that may be asked for. */
    static List<String> all() {
        return Stream.of(PROMPTS, ANSWERS, List.of(CHOICES)).flatMap(List::stream).toList();
    }

    /**
     * A row's prompt and answer.
     *
     * @throws IllegalArgumentException saying what is wrong with the row
     */
    TrainingExample read(SourceRow row) {
        List<String> asked = new ArrayList<>(List.of(text(row, prompt)));
        String given = context == null ? null : row.text(context);
        if (given != null && !given.isBlank()) {
            asked.add(given);
        }
        return new TrainingExample(String.join("\n\n", asked), answer == null ? "" : answer(row, answer));
    }

    /** The text of the answer: that of the chosen choice where there are choices. */
    private static String answer(SourceRow row, String column) {
        List<?> choices = choices(row);
        String answer = text(row, column);
        if (choices.isEmpty()) {
            return answer;
        }
        OptionalInt chosen = Choices.index(answer, choices.size());
        if (chosen.isPresent()) {
            return String.valueOf(choices.get(chosen.getAsInt()));
        }
        if (choices.contains(answer)) {
            return answer;
        }
        throw new IllegalArgumentException(
                column + " is '" + Quoting.shortened(answer) + "', which is no index of one of the "
                        + choices.size() + " choices, from 0, and none of them");
    }

    private static List<?> choices(SourceRow row) {
        List<?> list = row.list(CHOICES);
        if (list != null) {
            return list;
        }
        String written = row.text(CHOICES);
        try {
            Supplier<List<String>> reader = Choices.reader(written);
            return reader == null ? List.of() : reader.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(CHOICES + ": " + e.getMessage(), e);
        }
    }

    private static String text(SourceRow row, String column) {
        String text = row.text(column);
        if (text == null || text.isBlank()) {
            throw new IllegalArgumentException("column " + column + " is empty");
        }
        return text;
    }
}
