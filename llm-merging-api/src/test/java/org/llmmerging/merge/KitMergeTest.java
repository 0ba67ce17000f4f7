package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.MergeMethod;
import org.llmmerging.ModelCount;
import org.llmmerging.ModelCount.Base;
import org.llmmerging.ParameterSpec;
import org.llmmerging.Parameters;
import org.llmmerging.TensorInputs;
import org.llmmerging.TensorKernel;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;
import org.llmmerging.method.ModelStock;
import org.llmmerging.method.Slerp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class KitMergeTest {
    @TempDir
    private Path folder;

    @Test
    void slerpRefusesAListOfWhatItDoesNotKnow() throws IOException {
        assertRefused("{nonsense: [1, 2]}", "method slerp has no parameter 'nonsense'. Known are: t.");
        assertRefused("{T: [1, 2]}", "method slerp has no parameter 'T'. Did you mean 't'?");
    }

    @Test
    void slerpTakesOneNumberForBothModels() throws IOException {
        assertRefused(
                "{t: [0.5, 0.5]}",
                "parameters.t has a value for each model, and slerp takes one for both. Give a single number");
    }

    /** A method as a plugin may bring it. */
    private record Foreign(List<ParameterSpec> parameters, ParameterSpec lambda, ModelCount models)
            implements
                MergeMethod {
        @Override
        public String name() {
            return "foreign";
        }

        @Override
        public String summary() {
            return "for a test";
        }

        @Override
        public Optional<ParameterSpec> lambdaParameter() {
            return Optional.of(lambda);
        }

        @Override
        public TensorKernel prepare(TensorInputs inputs, Parameters values) {
            throw new UnsupportedOperationException("nothing is merged");
        }
    }

    @Test
    void theCoefficientsAreWhatTheMethodSays() throws IOException {
        ParameterSpec share = ParameterSpec.perModel("share");
        Foreign method = new Foreign(List.of(share), share, ModelCount.atLeast(1, Base.MEMBER));
        MergeConfig given = KitMerge.of(kit("parameter_lambdas: [0.25, 2]\n"), method);
        assertEquals(List.of(0.25, 2.0), ofModels(given, "share"));
        assertEquals(List.of(0.5, 0.5), ofModels(KitMerge.of(kit(""), method), "share"));
        assertEquals(
                folder.resolve("kit.yaml")
                        + ": parameter_lambdas and parameters.share both give share. Keep one of them",
                assertThrows(
                        ConfigException.class,
                        () -> KitMerge.of(kit("parameter_lambdas: [1, 1]\nparameters: {share: 1}\n"), method))
                        .getMessage());
    }

    @Test
    void oneCoefficientOfTheWholeMergeGoesFromTheFirstModelToTheSecond() throws IOException {
        ParameterSpec way = ParameterSpec.global("way");
        Foreign method = new Foreign(List.of(way), way, ModelCount.exactly(1, Base.REQUIRED));
        MergeConfig merge = KitMerge.of(kit("parameter_lambdas: [0.25]\n"), method);
        assertEquals("foreign", merge.mergeMethod());
        assertEquals("a", String.valueOf(merge.baseModel()));
        assertEquals(List.of("a", "b"), merge.models().stream().map(Object::toString).toList());
        assertEquals(0.25, number(merge.parameters(), "way"));
    }

    @Test
    void aMethodWithoutCoefficientsRefusesThem() {
        ConfigException problem = assertThrows(
                ConfigException.class, () -> KitMerge.of(kit("parameter_lambdas: [1, 1]\n"), new ModelStock()));
        assertTrue(problem.getMessage().endsWith("takes no weights. Remove parameter_lambdas"), problem.getMessage());
    }

    private KitConfig kit(String rest) throws IOException {
        return KitConfig.read(Files.writeString(
                folder.resolve("kit.yaml"), "list_models: [a, b]\narchitecture: decoder\n" + rest));
    }

    private static List<Double> ofModels(MergeConfig merge, String parameter) {
        return ((Sources.Models) merge.sources()).inputs().stream()
                .map(input -> number(input.parameters(), parameter))
                .toList();
    }

    private static double number(Settings settings, String parameter) {
        return settings.byName().get(parameter).resolve("w", 0).orElseThrow();
    }

    private void assertRefused(String parameters, String expected) throws IOException {
        Path file = Files.writeString(
                folder.resolve("kit.yaml"),
                "list_models: [a, b]\narchitecture: decoder\nparameters: " + parameters + "\n");
        ConfigException problem = assertThrows(
                ConfigException.class, () -> KitMerge.of(KitConfig.read(file), new Slerp()));
        assertEquals(file + ": " + expected, problem.getMessage());
    }
}
