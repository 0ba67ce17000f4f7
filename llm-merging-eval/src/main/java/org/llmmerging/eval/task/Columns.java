package org.llmmerging.eval.task;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.llmmerging.config.Quoting;

/** The names that the kit gives to the columns of a data set, or to the keys of its JSON form. */
final class Columns {
    static final String ID = "id";
    static final String INPUT = "input";
    static final String TARGET = "target";
    static final String CHOICES = "answer_choices";
    static final String EVAL_TYPE = "eval_type";
    static final String LABEL = "label";
    static final String PREDICTION = "prediction";

    static final String MULTIPLE_CHOICE = "multiple_choice";
    static final String GENERATION = "generation";

    private Columns() {}

    /** Reports columns that are missing, and optional ones that seem to be there under a wrong name. */
    static void check(
            Set<String> present, List<String> required, List<String> optional, Consumer<String> problems) {
        for (String column : required) {
            if (!present.contains(column)) {
                problems.accept(
                        "column " + column + " is missing; the columns are "
                                + present.stream().map(Quoting::shortened).collect(Collectors.joining(", ")));
            }
        }
        for (String column : optional) {
            if (!present.contains(column)) {
                present.stream()
                        .filter(name -> simplify(name).equals(simplify(column)))
                        .findFirst()
                        .ifPresent(
                                name -> problems.accept("column '" + Quoting.shortened(name)
                                        + "' is not known; rename it to " + column));
            }
        }
    }

    private static String simplify(String name) {
        String letters = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
        return letters.endsWith("s") ? letters.substring(0, letters.length() - 1) : letters;
    }
}
