package org.llmmerging.eval.task;

import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a cell gives answer choices, or the index of one of them. */
public final class Choices {
    private static final Set<String> NOTHING = Set.of("", "None", "nan", "NaN");

    /** Spreadsheets and pandas write whole numbers with a decimal zero in a column that has gaps. */
    private static final Pattern INDEX = Pattern.compile("(\\d{1,9})(\\.0+)?");

    private Choices() {}

    /**
     * Reads a cell with a Python list of strings.
     *
     * @return gives the choices, or throws {@link IllegalArgumentException} saying what is wrong with them; null when
     *     there is no cell, or it holds nothing
     */
    public static @Nullable Supplier<List<String>> reader(@Nullable String cell) {
        return cell == null || isNothing(cell) ? null : () -> PythonList.parse(cell);
    }

    /** Whether a cell is empty, or holds what Python writes for nothing. */
    static boolean isNothing(String cell) {
        return NOTHING.contains(cell.strip());
    }

    /** The index that a text gives, such as {@code 1} or {@code 1.0}; empty when it gives none below {@code size}. */
    public static OptionalInt index(String text, int size) {
        Matcher matcher = INDEX.matcher(text.strip());
        int index = matcher.matches() ? Integer.parseInt(matcher.group(1)) : size;
        return index < size ? OptionalInt.of(index) : OptionalInt.empty();
    }
}
