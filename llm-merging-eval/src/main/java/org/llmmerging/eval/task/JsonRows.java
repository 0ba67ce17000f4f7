package org.llmmerging.eval.task;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.Quoting;

/**
 * The JSON forms: one object to a line, or an array of objects, with the keys of the CSV form. The kit's older form has
 * no {@code id} (rows count from 0), no {@code eval_type} (a row with {@code answer_choices} is multiple choice) and,
 * for multiple choice, the index of the right answer in {@code label}, which wins over {@code target}.
 */
final class JsonRows {
    /** Characters of a broken object that are looked at for its end. */
    private static final int LONGEST_BROKEN = 1 << 16;

    private JsonRows() {}

    static List<RawRow> read(TextFile file, RowProblems problems) {
        List<RawRow> rows = new ArrayList<>();
        for (JsonItem item : items(file, problems)) {
            List<String> wrong = new ArrayList<>();
            Columns.check(
                    keys(item.value()),
                    List.of(Columns.INPUT),
                    List.of(Columns.TARGET, Columns.CHOICES, Columns.EVAL_TYPE, Columns.LABEL),
                    wrong::add);
            RawRow row = row(item, wrong::add);
            if (wrong.isEmpty()) {
                rows.add(row);
            }
            wrong.forEach(problem -> problems.addRow(item.where(), problem));
        }
        return rows;
    }

    /**
     * Every object of the file; what is no object is left out and reported, as is an object with something else behind
     * it on its line. After what is broken, reading goes on with the next line behind it that an object may begin on.
     */
    static List<JsonItem> items(TextFile file, RowProblems problems) {
        List<JsonItem> items = new ArrayList<>();
        String text = file.text();
        int offset = 0;
        int linesBefore = 0;
        int number = 1;
        while (offset < text.length()) {
            try (JsonItems rest = new JsonItems(
                    Reader.of(CharBuffer.wrap(text, offset, text.length())), number, linesBefore, problems)) {
                try {
                    for (JsonItem item = rest.next(); item != null; item = rest.next()) {
                        items.add(item);
                    }
                    return items;
                } catch (JsonProcessingException e) {
                    if (rest.isArray()) {
                        throw new DatasetException(file.path(), where(e) + rest.describe(e), e);
                    }
                    int line = rest.lineOf(e);
                    boolean isBehind = rest.isBehindObject(line);
                    problems.addRow(isBehind ? items.removeLast().where() : rest.where(line), rest.describe(e));
                    number = rest.number() + (isBehind ? 0 : 1);
                    int last = offset;
                    do {
                        last = linesBefore == line - 1 ? lastOfObject(text, offset) : last;
                        offset = nextLine(text, offset);
                        linesBefore++;
                    } while (linesBefore < line
                            || (offset < text.length() && (offset <= last || !beginsObject(text, offset))));
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return items;
    }

    /** Where the next line begins, lines ending as those that the parser counts: with LF, CRLF or CR. */
    private static int nextLine(String text, int offset) {
        int end = offset;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        return Math.min(text.length(), end + (text.startsWith("\r\n", end) ? 2 : 1));
    }

    /** Whether the first character of a line, blanks aside, is one that an object begins with. */
    private static boolean beginsObject(String text, int line) {
        int first = line;
        while (first < text.length() && (text.charAt(first) == ' ' || text.charAt(first) == '\t')) {
            first++;
        }
        return text.startsWith("{", first);
    }

    /**
     * The last place that is a broken object's: the end of the line on which its braces close. Where they do not, which
     * is so of a line that was cut off, where it begins.
     */
    private static int lastOfObject(String text, int begin) {
        int depth = 0;
        boolean isText = false;
        int end = Math.min(text.length(), begin + LONGEST_BROKEN);
        for (int i = begin; i < end; i++) {
            switch (text.charAt(i)) {
                case '\n', '\r' -> {
                    if (depth <= 0) {
                        return i;
                    }
                    isText = false;
                }
                case '\\' -> i += isText && i + 1 < end && text.charAt(i + 1) >= ' ' ? 1 : 0;
                case '"' -> isText = !isText;
                case '{' -> depth += isText ? 0 : 1;
                case '}' -> depth -= isText ? 0 : 1;
                default -> {
                }
            }
        }
        return begin;
    }

    private static String where(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        return location == null
                ? ""
                : "line " + location.getLineNr() + ", column " + location.getColumnNr() + ": ";
    }

    private static RawRow row(JsonItem item, Consumer<String> problems) {
        Supplier<List<String>> choices = choices(item.value().path(Columns.CHOICES));
        String evalType = item.text(Columns.EVAL_TYPE, problems);
        if (evalType == null) {
            evalType = choices == null ? Columns.GENERATION : Columns.MULTIPLE_CHOICE;
        }
        String label = evalType.equals(Columns.MULTIPLE_CHOICE) ? item.text(Columns.LABEL, problems) : null;
        String id = item.value().has(Columns.ID)
                ? item.text(Columns.ID, problems)
                : Integer.toString(item.number() - 1);
        return new RawRow(
                item.where(),
                id,
                item.text(Columns.INPUT, problems),
                label == null ? item.text(Columns.TARGET, problems) : label,
                label == null ? Columns.TARGET : Columns.LABEL,
                choices,
                evalType);
    }

    private static @Nullable Supplier<List<String>> choices(JsonNode node) {
        if (node.isMissingNode() || node.isNull()) {
            return null;
        }
        if (node.isTextual()) {
            return Choices.reader(node.asText());
        }
        return () -> strings(node);
    }

    private static List<String> strings(JsonNode node) {
        if (!node.isArray()) {
            throw new IllegalArgumentException("this is not a list");
        }
        List<String> strings = new ArrayList<>();
        for (JsonNode element : node) {
            if (!element.isTextual()) {
                throw new IllegalArgumentException(
                        "an element must be a string, not " + Quoting.shortened(element.toString()));
            }
            if (!TextFile.isWellFormed(element.asText())) {
                throw new IllegalArgumentException("half of a surrogate pair is no character");
            }
            strings.add(element.asText());
        }
        return strings;
    }

    private static Set<String> keys(JsonNode object) {
        Set<String> keys = new LinkedHashSet<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }
}
