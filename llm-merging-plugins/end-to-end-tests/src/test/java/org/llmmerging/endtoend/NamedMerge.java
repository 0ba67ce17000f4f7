package org.llmmerging.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.llmmerging.endtoend.Weights.Values;

/**
 * What a name of the kit must give: its configuration, read by means of the test's own, and the reference's arithmetic.
 *
 * @param base tensors of the base model
 * @param models tensors of each listed model, adapters applied
 */
record NamedMerge(JsonNode config, SortedMap<String, Values> base, List<SortedMap<String, Values>> models) {

    static NamedMerge of(String name) throws IOException {
        JsonNode config = new YAMLMapper().readTree(Inputs.config(name));
        Path base = Kit.REPOSITORY.resolve(config.get("base_model_name").textValue());
        List<SortedMap<String, Values>> models = new ArrayList<>();
        for (String model : modelNames(config)) {
            Path folder = Kit.REPOSITORY.resolve(model);
            models.add(config.get("is_peft").booleanValue() ? Weights.readAdapted(base, folder) : Weights.read(folder));
        }
        return new NamedMerge(config, Weights.read(base), models);
    }

    private static List<String> modelNames(JsonNode config) {
        List<String> names = new ArrayList<>();
        config.get("list_models").forEach(pair -> names.add(pair.get(0).textValue()));
        return names;
    }

    /** The same models in a mergekit file of one method, written in float32, with a weight for each. */
    String asMergekitFile(String method, double... weights) {
        String base = config.get("base_model_name").textValue();
        StringBuilder yaml = new StringBuilder("merge_method: " + method + "\nbase_model: " + base
                + "\ndtype: float32\nmodels:\n");
        List<String> names = modelNames(config);
        for (int m = 0; m < names.size(); m++) {
            String model = config.get("is_peft").booleanValue() ? base + "+" + names.get(m) : names.get(m);
            yaml.append("  - model: %s\n    parameters: {weight: %s, density: %s}\n"
                    .formatted(model, weights[m], parameter("density")));
        }
        return yaml.toString();
    }

    /** A number under {@code parameters}. */
    double parameter(String name) {
        return config.get("parameters").get(name).doubleValue();
    }

    /** The coefficients, {@code parameter_lambdas}. */
    double[] lambdas() {
        List<Double> lambdas = new ArrayList<>();
        config.path("parameter_lambdas").forEach(lambda -> lambdas.add(lambda.doubleValue()));
        return lambdas.stream().mapToDouble(lambda -> lambda).toArray();
    }

    /** The largest magnitude of an element in any model. */
    double largest(String tensor) {
        return Stream.concat(Stream.of(base), models.stream())
                .flatMapToDouble(model -> Arrays.stream(model.get(tensor).elements()))
                .map(Math::abs)
                .max()
                .orElse(0);
    }

    /**
     * The merged tensors.
     *
     * @param kept which elements of each model's task vectors DARE keeps; other methods keep no such choice
     */
    SortedMap<String, double[]> expected(List<SortedMap<String, boolean[]>> kept) {
        SortedMap<String, double[]> merged = new TreeMap<>();
        for (String tensor : base.keySet()) {
            double[] origin = base.get(tensor).elements();
            double[][] inputs = models.stream()
                    .map(model -> model.get(tensor).elements())
                    .toArray(double[][]::new);
            boolean[][] choices = kept.stream().map(model -> model.get(tensor)).toArray(boolean[][]::new);
            merged.put(tensor, merge(origin, inputs, choices));
        }
        return merged;
    }

    private double[] merge(double[] origin, double[][] inputs, boolean[][] kept) {
        double[] lambdas = lambdas();
        return switch (config.get("merge_method").textValue()) {
            // The kit's average of adapters is that of their updates, added to the base.
            case "linear" -> config.get("is_peft").booleanValue()
                    ? ReferenceMerge.taskArithmetic(origin, inputs, lambdas)
                    : ReferenceMerge.weightedSum(inputs, lambdas);
            case "slerp" -> ReferenceMerge.slerp(inputs[0], inputs[1], lambdas[0]);
            case "task_arithmetic" -> ReferenceMerge.taskArithmetic(origin, inputs, lambdas);
            case "ties" -> ReferenceMerge.scaled(
                    origin,
                    ReferenceMerge.ties(origin, inputs, lambdas, parameter("density")),
                    config.get("parameters").path("lambda").asDouble(1));
            case "geometric_median" -> ReferenceMerge.geometricMedian(origin, inputs);
            case "model_stock" -> ReferenceMerge.modelStock(origin, inputs);
            case "dare_linear" -> ReferenceMerge.weightedSum(
                    withOrigin(origin, sparse(origin, inputs, kept)), withOne(lambdas));
            case "dare_ties" -> ReferenceMerge.elect(origin, sparse(origin, inputs, kept), lambdas, false);
            default -> throw new IllegalArgumentException(config.toString());
        };
    }

    private static double[][] sparse(double[] origin, double[][] inputs, boolean[][] kept) {
        double[][] sparse = new double[inputs.length][];
        for (int m = 0; m < inputs.length; m++) {
            sparse[m] = ReferenceMerge.dropAndRescale(ReferenceMerge.difference(inputs[m], origin), kept[m]);
        }
        return sparse;
    }

    private static double[][] withOrigin(double[] origin, double[][] vectors) {
        List<double[]> all = new ArrayList<>(List.of(vectors));
        all.addFirst(origin);
        return all.toArray(double[][]::new);
    }

    private static double[] withOne(double[] weights) {
        double[] all = new double[weights.length + 1];
        all[0] = 1;
        System.arraycopy(weights, 0, all, 1, weights.length);
        return all;
    }
}
