package org.llmmerging.eval.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.KitConfig.Architecture;
import org.llmmerging.config.ModelReference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The files under {@code configs/}: one for each registered name. */
class ConfigsTest {
    private static final Map<String, String> METHODS = Map.of(
            "avg", "linear",
            "slerp", "slerp",
            "ta", "task_arithmetic",
            "ties", "ties",
            "dare", "dare_linear",
            "dare_ties", "dare_ties",
            "ms", "model_stock",
            "geometric_median", "geometric_median",
            "soup_greedy", "linear",
            "dam", "dam");
    private static final Map<String, String> FAMILIES = Map.of(
            "flan_t5", "flan-t5", "llama", "llama", "llama2", "llama2", "llama3", "llama3", "mistral", "mistral");
    private static final Map<String, String> KIT_NAMES = Map.of("llama_avg", "llama2", "tiny_llama_avg", "llama",
            "flant5_avg", "flan-t5");

    @ParameterizedTest
    @ValueSource(strings = {"configs", "configs/hub"})
    void everyRegisteredNameHasAFileAndNoOther(String folder) throws IOException {
        try (Stream<Path> files = Files.list(RepositoryFiles.folder(folder))) {
            SortedSet<String> found = new TreeSet<>();
            files.filter(Files::isRegularFile).forEach(file -> found.add(String.valueOf(file.getFileName())));
            SortedSet<String> expected = new TreeSet<>();
            names().forEach(name -> expected.add(name + ".yaml"));
            assertEquals(expected, found);
            assertEquals(53, found.size());
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void aStarterConfigurationNamesModelsOfItsFamilyThatAreThere(String name) {
        KitConfig config = KitConfig.read(RepositoryFiles.folder("configs/" + name + ".yaml"));
        String folder = "models/" + familyOf(name) + "/";
        for (ModelReference model : config.listModels()) {
            assertTrue(model.path().startsWith(folder), model.path());
            assertNull(model.revision());
            Path weights = RepositoryFiles.folder(model.path())
                    .resolve(config.isPeft() ? "adapter_model.safetensors" : "model.safetensors");
            assertTrue(Files.isRegularFile(weights), weights.toString());
        }
        assertEquals(new ModelReference(folder + "base", null, null), config.baseModel());
        assertTrue(Files.isRegularFile(RepositoryFiles.folder(folder + "base/config.json")));
        assertEquals(familyOf(name).equals("llama2"), config.isPeft());
    }

    @ParameterizedTest
    @MethodSource("names")
    void aHubConfigurationNamesRepositoriesAndTheSameMethod(String name) {
        KitConfig starter = KitConfig.read(RepositoryFiles.folder("configs/" + name + ".yaml"));
        KitConfig hub = KitConfig.read(RepositoryFiles.folder("configs/hub/" + name + ".yaml"));
        assertEquals(starter.mergeMethod(), hub.mergeMethod());
        assertEquals(starter.architecture(), hub.architecture());
        assertEquals(starter.parameters(), hub.parameters());
        for (ModelReference model : hub.listModels()) {
            assertTrue(model.path().matches("[\\w.-]+/[\\w.-]+"), model.path());
            String revision = model.revision();
            assertTrue(revision == null || revision.matches("[0-9a-f]{40}"), revision);
        }
        assertNotNull(hub.baseModel());
    }

    @ParameterizedTest
    @MethodSource("names")
    void aConfigurationHasWhatItsMethodNeeds(String name) {
        for (String folder : new String[] {"configs/", "configs/hub/"}) {
            KitConfig config = KitConfig.read(RepositoryFiles.folder(folder + name + ".yaml"));
            String method = methodOf(name);
            assertEquals(method, config.mergeMethod());
            int models = config.listModels().size();
            int lambdas = config.parameterLambdas().size();
            switch (name.startsWith("soup_greedy_") ? "greedy soup" : method) {
                case "slerp" -> assertEquals("2 models, 1 t", models + " models, " + lambdas + " t");
                case "dam" -> assertEquals(models, config.trainingData().size());
                case "greedy soup", "geometric_median", "model_stock" -> assertTrue(
                        models >= 2 && lambdas == 0, models + " models, " + lambdas);
                default -> assertEquals(models, lambdas);
            }
            assertEquals(
                    familyOf(name).equals("flan-t5") ? Architecture.ENCODER_DECODER : Architecture.DECODER,
                    config.architecture());
            assertNotNull(config.maxGenLen());
        }
    }

    @Test
    void theKitsOwnAveragesHaveTheKitsCoefficients() {
        assertEquals("[0.8, 0.2]", lambdas("llama_avg"));
        assertEquals("[0.8, 0.2]", lambdas("tiny_llama_avg"));
        assertEquals("[0.5, 0.5]", lambdas("flant5_avg"));
    }

    @Test
    void slerpLlama2OnTheHubMergesTheKitsTwoAdapters() {
        KitConfig config = KitConfig.read(RepositoryFiles.folder("configs/hub/slerp_llama2.yaml"));
        assertTrue(config.isPeft());
        assertEquals(
                new ModelReference(
                        "abcdabcd987/gsm8k-llama2-7b-lora-16", "636b5eb8da724edae406ba69ef90fd06478e6df7", null),
                config.listModels().get(0));
        assertEquals(
                new ModelReference("meta-llama/Llama-2-7b-hf", "01c7f73d771dfac7d292323805ebc428287df4f9", null),
                config.baseModel());
    }

    private static String lambdas(String name) {
        return KitConfig.read(RepositoryFiles.folder("configs/" + name + ".yaml"))
                .parameterLambdas()
                .toString();
    }

    private static SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>(KIT_NAMES.keySet());
        METHODS.keySet().forEach(method -> FAMILIES.keySet().forEach(family -> names.add(method + "_" + family)));
        return names;
    }

    private static String methodOf(String name) {
        return KIT_NAMES.containsKey(name)
                ? "linear"
                : String.valueOf(METHODS.get(name.substring(0, lengthOfMethod(name))));
    }

    private static String familyOf(String name) {
        String family = KIT_NAMES.get(name);
        return family != null ? family : String.valueOf(FAMILIES.get(name.substring(lengthOfMethod(name) + 1)));
    }

    private static int lengthOfMethod(String name) {
        return METHODS.keySet().stream()
                .filter(method -> FAMILIES.keySet().stream().anyMatch(family -> name.equals(method + "_" + family)))
                .findFirst()
                .orElseThrow()
                .length();
    }
}
