package org.llmmerging.eval.task;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.llmmerging.Example;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.eval.io.AtomicFiles;
import org.llmmerging.eval.io.JsonText;

/**
 * The files that keep the answers of a run, one line to a row, in the order of the rows.
 *
 * <p>{@code DATASET.jsonl}: {@code id}, {@code prediction} and, for multiple choice, {@code answer_choices_scores}. A
 * choice is the index of the answer, a number; an id that is a whole number is written as one.
 *
 * <p>{@code DATASET.csv} is the form that the competition takes: {@code id,prediction,dummy_field}, the last always 0.
 */
public final class PredictionFiles {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("0|-?[1-9]\\d{0,17}");

    private PredictionFiles() {}

    /**
     * Writes both files of a set.
     *
     * @param folder the run's folder of predictions; made when missing
     * @throws OutputException when a file cannot be written
     */
    public static void write(Path folder, DatasetResult result) {
        String name = result.dataset().name();
        AtomicFiles.write(folder.resolve(name + ".jsonl"), jsonLines(result));
        AtomicFiles.write(folder.resolve(name + ".csv"), csv(result));
    }

    /**
     * Reads predictions back, from either form: {@code .jsonl} and {@code .json} as JSON, anything else as CSV, with
     * {@code id} and {@code prediction}. Lines may be in any order.
     *
     * @return one prediction for each row of the set, in the order of its rows, without choice scores
     * @throws DatasetException when the file cannot be read; or with every row that has no prediction or several, every
     *     prediction for no row, and every choice that is out of range
     */
    public static List<Prediction> read(Path file, Dataset dataset) {
        return PredictionReader.read(file, dataset);
    }

    private static String jsonLines(DatasetResult result) {
        StringBuilder lines = new StringBuilder();
        List<Example> examples = result.dataset().examples();
        for (int i = 0; i < examples.size(); i++) {
            Prediction prediction = result.predictions().get(i);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put(Columns.ID, numberOrText(prediction.id()));
            if (examples.get(i).isMultipleChoice()) {
                line.put(Columns.PREDICTION, Integer.valueOf(prediction.text()));
                if (!prediction.choiceScores().isEmpty()) {
                    line.put("answer_choices_scores", prediction.choiceScores());
                }
            } else {
                line.put(Columns.PREDICTION, prediction.text());
            }
            lines.append(JsonText.line(line)).append('\n');
        }
        return lines.toString();
    }

    private static Object numberOrText(String id) {
        return WHOLE_NUMBER.matcher(id).matches() ? (Object) Long.valueOf(id) : id;
    }

    private static String csv(DatasetResult result) {
        StringWriter text = new StringWriter();
        try (CsvWriter writer = CsvWriter.builder()
                .lineDelimiter(LineDelimiter.LF)
                .quoteStrategy(QuoteStrategies.REQUIRED)
                .build(text)) {
            writer.writeRecord(Columns.ID, Columns.PREDICTION, "dummy_field");
            for (Prediction prediction : result.predictions()) {
                writer.writeRecord(prediction.id(), prediction.text(), "0");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a string takes any text", e);
        }
        return text.toString();
    }
}
