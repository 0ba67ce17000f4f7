import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.llmmerging.Example;
import org.llmmerging.eval.model.ModelPredictor;
import org.llmmerging.eval.model.PredictionProgress;
import org.llmmerging.eval.model.PredictorOptions;
import org.llmmerging.eval.task.Dataset;

/**
 * Measures what batching and shared prefixes save on data: {@code DataBenchmark MODEL ROWS NEW_TOKENS ROUNDS DATA...},
 * with the first {@code ROWS} rows of each file. Every round runs every way once; medians are printed. Answers that
 * differ between the ways are counted.
 */
final class DataBenchmark {
    private static final List<String> WAYS = List.of("one row at a time", "batched", "batched, prefixes shared");

    private final Path model;
    private final int newTokens;
    private final List<Example> choices;
    private final List<Example> texts;

    private DataBenchmark(Path model, int newTokens, List<Example> examples) {
        this.model = model;
        this.newTokens = newTokens;
        this.choices = examples.stream().filter(example -> !example.choices().isEmpty()).toList();
        this.texts = examples.stream().filter(example -> example.choices().isEmpty()).toList();
    }

    private record Run(double seconds, long tokens, List<double[]> scores, List<String> texts) {
    }

    public static void main(String[] arguments) {
        for (int i = 4; i < arguments.length; i++) {
            Path data = Path.of(arguments[i]);
            Dataset rows = Dataset.read(data).limit(Integer.parseInt(arguments[1]));
            System.out.printf(Locale.ROOT, "%n%s, %d rows, %s%n", data.getFileName(), rows.size(), arguments[0]);
            new DataBenchmark(Path.of(arguments[0]), Integer.parseInt(arguments[2]), rows.examples())
                    .compare(Integer.parseInt(arguments[3]));
        }
    }

    private void compare(int rounds) {
        List<List<Run>> runs = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int round = 0; round < rounds; round++) {
            for (int way = 0; way < WAYS.size(); way++) {
                runs.get(way).add(run(way));
            }
        }
        Run alone = runs.getFirst().getFirst();
        double aloneSeconds = median(runs.getFirst());
        for (int way = 0; way < WAYS.size(); way++) {
            Run run = runs.get(way).getFirst();
            double seconds = median(runs.get(way));
            System.out.printf(
                    Locale.ROOT,
                    "%-26s %9d tokens read  %8.2f s  %5.2f times as fast  %d answers differ%n",
                    WAYS.get(way), run.tokens, seconds, aloneSeconds / seconds, differences(alone, run));
        }
    }

    private Run run(int way) {
        PredictorOptions options = PredictorOptions.defaults().withLengths(null, newTokens).withSharedPrefixes(way == 2);
        if (way == 0) {
            options = options.withTokensPerBatch(1);
        }
        try (ModelPredictor predictor = ModelPredictor.open(model, options, PredictionProgress.NONE)) {
            long start = Clock.nanoseconds();
            List<double[]> scores = predictor.predictMultipleChoice(choices);
            List<String> generated = predictor.generate(texts);
            double seconds = (Clock.nanoseconds() - start) / 1e9;
            return new Run(seconds, predictor.model().tokensRead(), scores, generated);
        }
    }

    private static long differences(Run expected, Run actual) {
        long count = 0;
        for (int i = 0; i < expected.scores.size(); i++) {
            count += best(expected.scores.get(i)) == best(actual.scores.get(i)) ? 0 : 1;
        }
        for (int i = 0; i < expected.texts.size(); i++) {
            count += expected.texts.get(i).equals(actual.texts.get(i)) ? 0 : 1;
        }
        return count;
    }

    private static int best(double[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }

    private static double median(List<Run> runs) {
        double[] sorted = runs.stream().mapToDouble(Run::seconds).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
