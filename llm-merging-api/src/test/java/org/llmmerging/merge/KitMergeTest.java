package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import org.llmmerging.config.KitDocument;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.MergeDocuments;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Position;
import org.llmmerging.config.Settings;
import org.llmmerging.config.Sources;
import org.llmmerging.method.Linear;
import org.llmmerging.method.ModelStock;
import org.llmmerging.method.Slerp;
import org.llmmerging.method.Ties;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class KitMergeTest {
    @TempDir
    private Path folder;

    @Test
    void slerpRefusesAListOfWhatItDoesNotKnow() throws IOException {
        assertRefused(new Slerp(), "parameters: {nonsense: [1, 2]}",
                ":3:24: method slerp has no parameter 'nonsense'. Known are: t.");
        assertRefused(new Slerp(), "parameters: {T: [1, 2]}",
                ":3:17: method slerp has no parameter 'T'. Did you mean 't'?");
    }

    @Test
    void aListForWhatHoldsForAllModelsIsRefused() throws IOException {
        assertRefused(new Slerp(), "parameters: {t: [0.5, 0.5]}", ":3:17: parameter t has a value for each model, and"
                + " slerp takes one for all. Give a single one");
    }

    @Test
    void whatIsWrongInAListThatMayNotBeThereIsNotReportedBesides() throws IOException {
        assertRefused(new Slerp(), "parameters: {nonsense: [x, y]}",
                ":3:24: method slerp has no parameter 'nonsense'. Known are: t.");
        assertRefused(new Slerp(), "parameters: {t: [true, false]}", ":3:17: parameter t has a value for each model,"
                + " and slerp takes one for all. Give a single one");
        assertRefused(new Ties(), "parameters: {density: &l [p, 1], zz: *l}",
                """
                        :3:23: method ties has no parameter 'zz'. Known are: density, int8_mask, lambda, normalize, rescale, weight.
                        :3:27: 'density' must be a number, not 'p'. Write for example 'density: 0.5'.
                        """);
        assertRefused(new Slerp(), "parameters: {parameter_lambdas: 1}\nparameter_lambdas: [x]", """
                :3:33: method slerp has no parameter 'parameter_lambdas'. Known are: t.
                :4:21: 'parameter_lambdas' must be a number, not 'x'. Write for example 'parameter_lambdas: 0.5'.
                """);
    }

    @Test
    void whatIsWrongInCoefficientsThatDoNotBelongThereIsNotReportedBesides() throws IOException {
        for (String lambdas : List.of("[x, y, 1]", "foo")) {
            assertRefused(new ModelStock(), "parameter_lambdas: " + lambdas,
                    ":3:20: method model_stock takes no weights. Remove parameter_lambdas");
        }
        assertRefused(new Ties(), "parameter_lambdas: foo", ":3:20: 'parameter_lambdas' must be a list, not 'foo'."
                + " Write for example 'parameter_lambdas: [0.5, 0.5]'.");
        assertRefused(new Ties(), "parameters: {weight: [p, 1]}\nparameter_lambdas: [x, y]", """
                :3:23: 'weight' must be a number, not 'p'. Write for example 'weight: 0.5'.
                :4:20: parameter_lambdas and parameters.weight both give weight. Keep one of them
                """);
    }

    @Test
    void slerpTakesTwoDifferentModels() throws IOException {
        Path file = write("list_models: [a, a]\nparameters: {tt: 0.5}\narchitecture: decoder\n");
        assertRefused(file, new Slerp(), ":1:14: slerp goes from one model to another, and list_models names a twice."
                + " Name two models\n"
                + ":2:18: method slerp has no parameter 'tt'. Did you mean 't'?");
        Path three = write("list_models: [a, b, c]\narchitecture: decoder\n");
        assertRefused(three, new Slerp(), ":1:14: slerp merges exactly two models, and list_models has 3. Remove some,"
                + " or use another method");
    }

    @Test
    void ofAConfigurationForAnotherMethodOnlyThatIsTold() throws IOException {
        Path other = write(
                "list_models: [a, b, c]\nmerge_method: ties\nparameter_lambdas: [1, 1, 1]\narchitecture: decoder\n");
        assertRefused(other, new Slerp(),
                ":2:15: merge_method is ties, but the name that is run merges with slerp. Run a name that merges with"
                        + " ties, or remove the key");
    }

    @Test
    void aMissingBaseIsReportedByTheKitsOwnKey() throws IOException {
        assertRefused(write("list_models: [a, b]\narchitecture: decoder\n"), new Ties(),
                ":1:1: method ties needs a base."
                        + " Add base_model_name: with the model that the others were trained from");
    }

    @Test
    void aCoefficientThatIsNotUsedIsNoted() throws IOException {
        assertEquals(
                "[" + folder.resolve("kit.yaml")
                        + ":3:20: slerp takes the first of parameter_lambdas, and the others have no effect]",
                KitMerge.notes(read("parameter_lambdas: [0.5, 0.9]"), new Slerp()).toString());
        assertEquals(List.of(), KitMerge.notes(read("parameter_lambdas: [0.5]"), new Slerp()));
        assertEquals(List.of(), KitMerge.notes(read("parameter_lambdas: [0.5, 0.9]"), new Ties()));
    }

    /** Task arithmetic, which it becomes, would take them. */
    @Test
    void anAverageOfAdaptersHasOnlyTheParametersOfAnAverage() throws IOException {
        Path file = write("list_models: [a, b]\nbase_model_name: c\nis_peft: true\n"
                + "parameters: {lambda: 0.1, density: [0.5, 1], normalize: true}\narchitecture: decoder\n");
        MergeConfig merge = KitMerge.of(KitConfig.read(file), new Linear());
        assertEquals("task_arithmetic", merge.mergeMethod());
        assertEquals(Set.of("normalize"), merge.parameters().byName().keySet());
        for (Sources.Input input : ((Sources.Models) merge.sources()).inputs()) {
            assertEquals(Set.of("weight"), input.parameters().byName().keySet());
        }
        assertEquals(
                "[" + file + ":4:22: method linear has no parameter 'lambda', as others have, and passes over it, "
                        + file + ":4:36: method linear has no parameter 'density', as others have, and passes over it]",
                KitMerge.notes(KitConfig.read(file), new Linear()).toString());
    }

    @Test
    void everythingIsToldAtOnceAndWhere() throws IOException {
        assertRefused(new Ties(),
                "parameters: {densty: 0.5, normalise: true, lambda: [1, 2, 3], density: -1, normalize: 2,"
                        + " rescale: x}\nparameter_lambdas: [1]",
                """
                        :3:22: method ties has no parameter 'densty'. Did you mean 'density'?
                        :3:38: method ties has no parameter 'normalise'. Did you mean 'normalize'?
                        :3:52: parameter lambda has a value for each model, and ties takes one for all. Give a single one
                        :3:72: parameter density is -1 and must be at least 0
                        :3:87: parameter normalize is 2 and must be true or false
                        :3:99: 'rescale' must be a number, or true or false where it is a switch, not 'x'. Write one of them.
                        :4:20: 'parameter_lambdas' has 1 numbers for 2 models. Give one for each model, in the order of list_models.
                        """);
        assertRefused(new Ties(),
                "parameters: {weight: 1, density: [1, 2, 3], lambda: true}\nparameter_lambdas: [1, 2]",
                """
                        :3:34: parameter density has 3 values for 2 models. Give one for each model, or a single one
                        :3:53: parameter lambda is true and must be any number
                        :4:20: parameter_lambdas and parameters.weight both give weight. Keep one of them
                        """);
        assertRefused(new Ties(), "parameters: {density: [0.5, -2]}",
                ":3:23: parameter density of b is -2 and must be at least 0");
        assertRefused(new Ties(), "parameters: {densty: x}",
                ":3:22: method ties has no parameter 'densty'. Did you mean 'density'?");
        assertRefused(new ModelStock(), "parameter_lambdas: [0.5, 0.5]",
                ":3:20: method model_stock takes no weights. Remove parameter_lambdas");
    }

    @Test
    void everythingSoundStandsWhereItsAuthorWroteIt() throws IOException {
        Path file = kit("parameter_lambdas: [0.25, 0.75]\nparameters: {density: [0.5, 1], lambda: 2, gamma: 1}");
        MergeConfig merge = KitMerge.of(KitConfig.read(file), new Ties());
        Sources.Input second = ((Sources.Models) merge.sources()).inputs().get(1);
        assertEquals(ModelReference.of("b"), second.model());
        assertEquals(new Position(file, 1, 18), second.position());
        assertEquals(0.75, number(second.parameters(), "weight"));
        assertEquals(1, number(second.parameters(), "density"));
        assertEquals(2, number(merge.parameters(), "lambda"));
        assertEquals(1, number(merge.parameters(), "gamma"));
    }

    @Test
    void withoutCoefficientsModelsWeighTheSame() throws IOException {
        MergeConfig merge = KitMerge.of(KitConfig.read(kit("max_seq_len: 3")), new Linear());
        for (Sources.Input input : ((Sources.Models) merge.sources()).inputs()) {
            assertEquals(0.5, number(input.parameters(), "weight"));
        }
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
        MergeConfig given = KitMerge.of(read("parameter_lambdas: [0.25, 2]"), method);
        assertEquals(List.of(0.25, 2.0), ofModels(given, "share"));
        assertEquals(List.of(0.5, 0.5), ofModels(KitMerge.of(read(""), method), "share"));
        assertEquals(
                folder.resolve("kit.yaml")
                        + ":3:20: parameter_lambdas and parameters.share both give share. Keep one of them",
                assertThrows(
                        ConfigException.class,
                        () -> KitMerge.of(read("parameter_lambdas: [1, 1]\nparameters: {share: 1}"), method))
                        .getMessage());
    }

    @Test
    void oneCoefficientOfTheWholeMergeGoesFromTheFirstModelToTheSecond() throws IOException {
        ParameterSpec way = ParameterSpec.global("way");
        Foreign method = new Foreign(List.of(way), way, ModelCount.exactly(1, Base.REQUIRED));
        MergeConfig merge = KitMerge.of(read("parameter_lambdas: [0.25]"), method);
        assertEquals("foreign", merge.mergeMethod());
        assertEquals("a", String.valueOf(merge.baseModel()));
        assertEquals(List.of("a", "b"), merge.models().stream().map(Object::toString).toList());
        assertEquals(0.25, number(merge.parameters(), "way"));
    }

    private static List<Double> ofModels(MergeConfig merge, String parameter) {
        return ((Sources.Models) merge.sources()).inputs().stream()
                .map(input -> number(input.parameters(), parameter))
                .toList();
    }

    private static double number(Settings settings, String parameter) {
        return settings.byName().get(parameter).forTensor("w").orElseThrow().at(0);
    }

    private KitConfig read(String furtherLines) throws IOException {
        return KitConfig.read(kit(furtherLines));
    }

    private void assertRefused(MergeMethod method, String furtherLines, String expected) throws IOException {
        assertRefused(kit(furtherLines), method, expected);
    }

    private void assertRefused(Path file, MergeMethod method, String expected) {
        KitDocument document = KitDocument.read(file);
        MergeDocuments read = KitMerge.read(document.config(), method, document.problems());
        assertEquals(expected.strip(), read.problems().summary().replace(file.toString(), ""));
        if (KitDocument.read(file).problems().isEmpty()) {
            ConfigException thrown = assertThrows(
                    ConfigException.class, () -> KitMerge.of(KitConfig.read(file), method));
            assertEquals(read.problems().summary(), thrown.getMessage());
        }
        assertEquals(1, read.documents().size());
    }

    private Path kit(String furtherLines) throws IOException {
        return write("list_models: [a, b]\narchitecture: decoder\n" + furtherLines + "\nbase_model_name: base\n");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("kit.yaml"), text);
    }
}
