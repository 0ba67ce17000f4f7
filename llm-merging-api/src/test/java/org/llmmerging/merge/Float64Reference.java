package org.llmmerging.merge;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.llmmerging.MergeMethod;
import org.llmmerging.Parameters;
import org.llmmerging.checkpoint.TensorSource;

/**
 * Merges a planned tensor in float64, on whole arrays, straight from the formulas and by nothing that the engine uses
 * but the plan's inputs and parameters. Of equal magnitudes at a cut the lowest index is kept.
 */
final class Float64Reference {
    private static final Set<String> METHODS = Set.of(
            "linear", "passthrough", "slerp", "nuslerp", "task_arithmetic", "ties", "breadcrumbs", "breadcrumbs_ties",
            "model_stock");

    private final PlannedTensor planned;
    private final Parameters parameters;
    private final double[][] models;

    private Float64Reference(PlannedTensor planned) {
        this.planned = planned;
        this.parameters = planned.parameters();
        this.models = planned.sources().models().stream().map(Float64Reference::read).toArray(double[][]::new);
    }

    static boolean knows(String method) {
        return METHODS.contains(method);
    }

    static double[] of(PlannedTensor planned) {
        MergeMethod method = planned.method();
        String name = method == null ? "passthrough" : method.name();
        Float64Reference reference = new Float64Reference(planned);
        return switch (name) {
            case "passthrough" -> reference.scaled();
            case "linear" -> reference.linear();
            case "slerp" -> reference.slerp();
            case "nuslerp" -> reference.nuslerp();
            case "model_stock" -> reference.modelStock();
            case "task_arithmetic", "breadcrumbs" -> reference.taskVectors(false);
            case "ties", "breadcrumbs_ties" -> reference.taskVectors(true);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static double[] read(TensorSource source) {
        float[] values = new float[(int) source.info().shape().elements()];
        source.read(0, values, values.length);
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    private double[] base() {
        TensorSource base = planned.sources().base();
        if (base == null) {
            throw new IllegalStateException("no base");
        }
        return read(base);
    }

    private double[] scaled() {
        double scale = parameters.number("scale", 0);
        return Arrays.stream(models[0]).map(value -> value * scale).toArray();
    }

    private double weight(int model) {
        return parameters.number("weight", model);
    }

    private double sumOfWeights() {
        return IntStream.range(0, models.length).mapToDouble(this::weight).sum();
    }

    private double[] linear() {
        double divisor = parameters.flag("normalize") ? sumOfWeights() : 1;
        double[] sum = new double[models[0].length];
        for (int m = 0; m < models.length; m++) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += weight(m) / divisor * models[m][i];
            }
        }
        return sum;
    }

    private double[] slerp() {
        double[] from = base();
        double t = parameters.number("t");
        double norms = norm(from) * norm(models[0]);
        double cosine = dot(from, models[0]) / norms;
        if (norms < 1e-16 || Math.abs(cosine) > 0.9995) {
            return mix(from, 1 - t, models[0], t);
        }
        double angle = Math.acos(cosine);
        return mix(
                from, Math.sin((1 - t) * angle) / Math.sin(angle), models[0], Math.sin(t * angle) / Math.sin(angle));
    }

    private double[] nuslerp() {
        double t = Math.abs(sumOfWeights()) < 1e-6 ? 0.5 : weight(1) / sumOfWeights();
        double cosine = dot(models[0], models[1]) / (norm(models[0]) * norm(models[1]));
        double angle = Math.acos(Math.clamp(cosine, -1, 1));
        double sine = Math.sin(angle);
        return sine < 1e-8
                ? mix(models[0], 1 - t, models[1], t)
                : mix(models[0], Math.sin((1 - t) * angle) / sine, models[1], Math.sin(t * angle) / sine);
    }

    private double[] modelStock() {
        double[] base = base();
        double[][] offsets = Arrays.stream(models).map(model -> mix(model, 1, base, -1)).toArray(double[][]::new);
        double cosines = 0;
        int pairs = 0;
        for (int a = 0; a < offsets.length; a++) {
            for (int b = 0; b < a; b++) {
                cosines += dot(offsets[a], offsets[b]) / Math.max(norm(offsets[a]) * norm(offsets[b]), 1e-6);
                pairs++;
            }
        }
        int n = models.length;
        double cosine = cosines / pairs;
        double t = n * cosine / (1 + (n - 1) * cosine);
        double[] merged = new double[base.length];
        for (int i = 0; i < merged.length; i++) {
            double sum = 0;
            for (double[] model : models) {
                sum += model[i];
            }
            merged[i] = t * sum / n + (1 - t) * base[i];
        }
        return merged;
    }

    private double[] taskVectors(boolean consensus) {
        double[] merged = base();
        double[][] deltas = new double[models.length][];
        for (int m = 0; m < models.length; m++) {
            double[] delta = mix(models[m], 1, merged, -1);
            deltas[m] = sparsified(delta, m);
        }
        boolean normalize = parameters.flag("normalize");
        for (int i = 0; i < merged.length; i++) {
            double vote = 0;
            for (int m = 0; m < models.length; m++) {
                vote += weight(m) * deltas[m][i];
            }
            double sum = 0;
            double divisor = 0;
            for (int m = 0; m < models.length; m++) {
                double weighted = weight(m) * deltas[m][i];
                boolean agrees = weighted != 0 && (weighted > 0) == (vote >= 0);
                if (!consensus || agrees) {
                    sum += weighted;
                    divisor += weight(m);
                }
            }
            boolean divide = normalize && (consensus ? divisor != 0 : Math.abs(divisor) >= 1e-8);
            merged[i] += parameters.number("lambda") * (divide ? sum / divisor : sum);
        }
        return merged;
    }

    private double[] sparsified(double[] delta, int model) {
        MergeMethod method = planned.method();
        String name = method == null ? "" : method.name();
        int n = delta.length;
        double density = name.equals("task_arithmetic") ? 1 : parameters.number("density", model);
        int kept = density >= 1 ? n : n == 1 ? 1 : (int) (density * n);
        int top = name.startsWith("breadcrumbs")
                ? Math.min((int) (parameters.number("gamma", model) * n), n - kept)
                : 0;
        List<Integer> order = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -Math.abs(delta[i])))
                .toList();
        double[] sparse = new double[n];
        order.subList(top, top + kept).forEach(i -> sparse[i] = delta[i]);
        double left = l1(sparse);
        double scale = parameters.flag("rescale") && left > 0 ? l1(delta) / left : 1;
        return Arrays.stream(sparse).map(value -> value * scale).toArray();
    }

    private static double l1(double[] values) {
        return Arrays.stream(values).map(Math::abs).sum();
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static double norm(double[] values) {
        return Math.sqrt(dot(values, values));
    }

    private static double[] mix(double[] a, double weightOfA, double[] b, double weightOfB) {
        return IntStream.range(0, a.length)
                .mapToDouble(i -> weightOfA * a[i] + weightOfB * b[i])
                .toArray();
    }
}
