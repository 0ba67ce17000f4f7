import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.llmmerging.Example;
import org.llmmerging.eval.model.ModelPredictor;
import org.llmmerging.eval.model.PredictionProgress;
import org.llmmerging.eval.model.PredictorOptions;
import org.llmmerging.eval.model.TorchEngine;
import org.llmmerging.eval.model.Weights;

/**
 * Measures evaluation on the model of {@code MakeModel}: {@code EvalBenchmark MODEL ROUNDS}. Every round measures
 * everything once, so that what else the machine does falls on all alike; medians are printed.
 */
final class EvalBenchmark {
    private static final int PROMPT = 256;
    private static final int NEW_TOKENS = 32;
    private static final int[] BATCHES = {1, 4, 8, 16};
    private static final int LAYERS = 12;
    private static final List<String> LINEAR_LAYERS = List.of(
            "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.gate_proj",
            "mlp.up_proj", "mlp.down_proj");
    /** Weights of the linear layers, and of the projection to the vocabulary. */
    private static final double LINEAR = LAYERS * (4 * 768.0 * 768 + 3 * 768.0 * 2048);
    private static final double HEAD = 768.0 * 32000;
    private static final int MATRIX = 2048;

    private final Map<String, List<Double>> seconds = new LinkedHashMap<>();
    private final Random random = new Random(4);

    public static void main(String[] arguments) throws IOException {
        new EvalBenchmark().run(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
    }

    private void run(Path folder, int rounds) throws IOException {
        PredictorOptions options = PredictorOptions.defaults().withTokensPerBatch(1 << 16);
        try (ModelPredictor first = open(folder, options.withLengths(null, 1));
                ModelPredictor many = open(folder, options.withLengths(null, 1 + NEW_TOKENS));
                NDManager manager = TorchEngine.newManager(Device.cpu());
                NDArray left = manager.randomNormal(new Shape(MATRIX, MATRIX));
                NDArray right = manager.randomNormal(new Shape(MATRIX, MATRIX))) {
            for (int round = -1; round < rounds; round++) {
                if (round == 0) {
                    seconds.clear();
                }
                time("matmul", () -> left.matMul(right).close());
                time("read", () -> readWeights(first.model().weights()));
                time("choice", () -> first.predictMultipleChoice(List.of(question())));
                for (int batch : BATCHES) {
                    List<Example> prompts = prompts(batch);
                    time("first " + batch, () -> first.generate(prompts));
                    time("many " + batch, () -> many.generate(prompts));
                }
            }
        }
        print();
    }

    private void print() throws IOException {
        double flops = 2.0 * MATRIX * MATRIX * MATRIX / median("matmul");
        double bandwidth = 4 * (LINEAR + HEAD) / median("read");
        double attention = 12 * 4.0 * PROMPT * PROMPT * 768;
        double prefill = 2 * LINEAR * PROMPT + attention + 2 * HEAD;
        row("matrix multiplication", "%.0f GFLOP/s", flops / 1e9);
        row("reading the weights", "%.1f GB/s", bandwidth / 1e9);
        row("prefill of 256 tokens", "%.3f s", median("first 1"));
        row("  of the multiplication rate", "%.0f %%", 100 * prefill / median("first 1") / flops);
        double single = 0;
        for (int batch : BATCHES) {
            double rate = batch * NEW_TOKENS / (median("many " + batch) - median("first " + batch));
            row("decode, batch " + batch, "%.1f tokens/s", rate);
            if (batch == 1) {
                single = rate;
                row("  of the rate of reading", "%.0f %%", 100 * rate * 4 * (LINEAR + HEAD) / bandwidth);
            } else {
                row("  of batch 1", "%.1f times", rate / single);
            }
        }
        row("multiple choice, 4 of 12 tokens", "%.3f s", median("choice"));
        row("peak memory", "%.2f GB", peakMemory());
        System.out.println(seconds.entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue().stream()
                        .map(v -> String.format(Locale.ROOT, "%.3f", v))
                        .collect(Collectors.joining(" ")))
                .collect(Collectors.joining("\n", "\nSeconds of every round:\n", "")));
    }

    /** Reads what a new token reads, where it lies: pages of a file are mapped in larger pieces than other memory. */
    private static void readWeights(Weights weights) {
        for (int layer = 0; layer < LAYERS; layer++) {
            for (String name : LINEAR_LAYERS) {
                weights.get("model.layers." + layer + "." + name + ".weight").max().close();
            }
        }
        weights.get("lm_head.weight").max().close();
    }

    private Example question() {
        List<String> choices = new ArrayList<>();
        for (int choice = 0; choice < 4; choice++) {
            choices.add(words(11));
        }
        return new Example("1", words(PROMPT - 1), null, choices);
    }

    private List<Example> prompts(int count) {
        List<Example> prompts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            prompts.add(new Example("" + i, words(PROMPT - 1), null, List.of()));
        }
        return prompts;
    }

    /** Words of one token each. */
    private String words(int count) {
        return random.ints(count, 31000, 32000).mapToObj(id -> "w" + id).collect(Collectors.joining(" "));
    }

    private void time(String name, Runnable work) {
        long start = Clock.nanoseconds();
        work.run();
        double taken = (Clock.nanoseconds() - start) / 1e9;
        seconds.computeIfAbsent(name, key -> new ArrayList<>()).add(taken);
    }

    private double median(String name) {
        double[] sorted = seconds.get(name).stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }

    private static void row(String name, String format, double value) {
        System.out.printf(Locale.ROOT, "%-36s" + format + "%n", name, value);
    }

    private static double peakMemory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM")) {
                return Arrays.stream(line.split("\\s+")).skip(1).findFirst().map(Double::parseDouble).orElseThrow() / 1e6;
            }
        }
        return Double.NaN;
    }

    private static ModelPredictor open(Path folder, PredictorOptions options) {
        return ModelPredictor.open(folder, options, PredictionProgress.NONE);
    }
}
