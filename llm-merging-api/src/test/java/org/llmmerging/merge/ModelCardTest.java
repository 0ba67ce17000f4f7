package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.MergeMethod;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.Stages;
import org.llmmerging.method.Ties;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.plugin.RegisteredMethod;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The files beside the weights of an output. */
class ModelCardTest {
    private static final String TIES = """
            merge_method: ties
            base_model: models/t-base
            models:
              - {model: models/t-ft1, parameters: {weight: 0.6, density: 0.5}}
              - {model: models/t-ft2, parameters: {weight: 0.4, density: 0.7}}
            """;

    @TempDir
    private Path folder;

    private GoldenModels golden;

    @BeforeEach
    void start() {
        golden = new GoldenModels(folder);
    }

    @Test
    void theFrontMatterNamesTheRepositoriesAndNoFolder() throws IOException {
        cached("org/base", "t-base");
        cached("org/tuned", "t-ft1");
        String card = Files.readString(golden.merge("name: first\n"
                + TIES.replace("models/t-base", "org/base").replace("models/t-ft1", "org/tuned@c0ffee")
                + "---\nmerge_method: passthrough\nmodels: [{model: first}]\n").resolve("README.md"));
        assertTrue(card.startsWith("---\n"), card);
        JsonNode front = new YAMLMapper().readTree(card.substring(4, card.indexOf("---\n", 4)));
        assertEquals(
                List.of("org/base", "org/tuned"),
                new ObjectMapper().convertValue(front.get("base_model"), List.class));
        assertEquals("transformers", front.get("library_name").asText());
        assertEquals(2, front.get("tags").size());
    }

    @Test
    void theNotesDoNotSayWhereTheConfigurationLay() throws IOException {
        String card = Files.readString(golden.merge(TIES + "random_seed: 7\n").resolve("README.md"));
        assertTrue(card.contains("## Notes\n\n- 'random_seed' has no effect in a configuration, as in mergekit."),
                card);
    }

    /** Puts a model into the Hub's cache. */
    private void cached(String repository, String model) throws IOException {
        Path entry = folder.resolve("cache").resolve("models--" + repository.replace("/", "--"));
        Path snapshot = Files.createDirectories(entry.resolve("snapshots").resolve("c0ffee"));
        Files.writeString(Files.createDirectories(entry.resolve("refs")).resolve("main"), "c0ffee");
        try (Stream<Path> files = Files.list(GoldenModels.ROOT.resolve("models").resolve(model))) {
            for (Path file : files.toList()) {
                Files.copy(file, snapshot.resolve(String.valueOf(file.getFileName())));
            }
        }
    }

    @Test
    void theFrontMatterLeavesFoldersOut() throws IOException {
        String card = Files.readString(golden.merge(TIES).resolve("README.md"));
        assertFalse(card.substring(0, card.indexOf("---\n", 4)).contains("base_model"), card);
    }

    @Test
    void theCardNamesMethodPaperSeedAndConfiguration() throws IOException {
        String card = Files.readString(golden.merge(TIES).resolve("README.md"));
        assertTrue(card.contains("https://arxiv.org/abs/2306.01708"), card);
        assertTrue(card.contains("42"), card);
        assertTrue(card.contains("density: 0.7"), card);
    }

    @ParameterizedTest
    @CsvSource({
        "karcher, https://doi.org/10.1002/cpa.3160300502",
        "geometric_median, https://doi.org/10.1007/s10479-008-0352-z"
    })
    void everyMethodThatIsNamedAfterAPaperHasIt(String method, String address) throws IOException {
        Path output = golden
                .merge("merge_method: " + method + "\nmodels: [{model: models/t-ft1}, {model: models/t-ft2}]\n");
        String card = Files.readString(output.resolve("README.md"));
        assertTrue(card.contains("`" + method + "` ([") && card.contains("](" + address + "))"), card);
    }

    @Test
    void methodsThatCiteSomebodyHaveAPaper() {
        try (PluginRegistry registry = PluginRegistry.load(List.of())) {
            for (RegisteredMethod registered : registry.methods()) {
                MergeMethod method = registered.method();
                boolean cites = method.summary().matches(".*\\d{4}\\)");
                assertTrue(!cites || method.paper().isPresent(), method.name());
            }
        }
    }

    @Test
    void whatTheUserShouldKnowIsListed() {
        String card = ModelCard
                .files(Stages.of(MergeConfig.read(golden.write(TIES))), MergeOptions.defaults(1),
                        List.of("rows were cut"), _ -> new Ties(), Set.of())
                .get("README.md");
        assertTrue(card.contains("- rows were cut\n"), card);
    }

    @Test
    void nothingTellsWhereOrWhenItWasMade() throws IOException {
        Path output = golden.merge(TIES);
        Map<String, String> first = Map.of(
                "README.md", Files.readString(output.resolve("README.md")),
                "manifest.json", Files.readString(output.resolve("manifest.json")));
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Path other = new GoldenModels(elsewhere).merge(TIES);
        for (String name : first.keySet()) {
            assertFalse(first.get(name).contains(folder.toString()), first.get(name));
            assertEquals(first.get(name), Files.readString(other.resolve(name)));
        }
    }

    @Test
    void theConfigurationBesideItGivesTheSameMerge() throws IOException {
        Path output = golden.merge(TIES);
        var values = GoldenModels.values(output);
        String written = Files.readString(output.resolve("mergekit_config.yml"));
        assertEquals(values, GoldenModels.values(golden.merge(written)));
    }

    @Test
    void aFileOfSeveralMergesIsWrittenWhole() throws IOException {
        Path output = golden
                .merge("name: first\n" + TIES + "---\nmerge_method: passthrough\nmodels: [{model: first}]\n");
        assertEquals(2, MergeConfig.read(output.resolve("mergekit_config.yml")).size());
        assertTrue(Files.readString(output.resolve("README.md")).contains("`first`: `ties`"));
    }

    @Test
    void neitherFileIsWrittenWhenNotWanted() {
        MergeOptions without = MergeOptions.defaults(42).withWriteModelCard(false);
        Path output = golden.merge(TIES, without, false, MergeListener.NONE);
        assertEquals(List.of("config.json", "manifest.json", "model.safetensors"), GoldenModels.names(output));
    }

    @Test
    void weightFilesHoldNoMoreThanAsked() throws IOException {
        MergeOptions small = MergeOptions.defaults(42).withMaxShardBytes(4000).withWriteModelCard(false);
        Path output = golden.merge(TIES, small, false, MergeListener.NONE);
        List<String> shards = GoldenModels.names(output).stream().filter(name -> name.endsWith(".safetensors"))
                .toList();
        assertTrue(shards.size() > 2, shards.toString());
        assertEquals(GoldenModels.values(golden.merge(TIES)).keySet(), tensors(folder.resolve("out")));
        for (String shard : shards) {
            assertFalse(shard.equals("model.safetensors"));
        }
    }

    private static Set<String> tensors(Path model) {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return checkpoint.tensors().keySet();
        }
    }

    @Test
    void aHeadThatIsWrittenForATiedModelUntiesIt() throws IOException {
        Path output = golden.merge("""
                merge_method: linear
                models:
                  - {model: models/t-base-tied, parameters: {weight: 1}}
                  - {model: models/t-ft1, parameters: {weight: 1}}
                """);
        assertFalse(config(output).get("tie_word_embeddings").asBoolean());
    }

    @Test
    void aTiedModelStaysTiedWhenNoneHasAHead() throws IOException {
        Path output = golden.merge("""
                merge_method: linear
                models:
                  - {model: models/t-base-tied, parameters: {weight: 1}}
                  - {model: models/t-ft1-tied, parameters: {weight: 1}}
                """);
        assertTrue(config(output).get("tie_word_embeddings").asBoolean());
    }

    @Test
    void layersAndTypeAreTheOutputs() throws IOException {
        Path output = golden.merge("""
                merge_method: passthrough
                slices:
                  - sources: [{model: models/t-base, layer_range: [0, 3]}]
                  - sources: [{model: models/t-ft1, layer_range: [1, 4]}]
                dtype: float16
                """);
        assertEquals(6, config(output).get("num_hidden_layers").asInt());
        assertEquals(DType.F16.torchName(), config(output).get("torch_dtype").asText());
    }

    private static JsonNode config(Path output) throws IOException {
        return new ObjectMapper().readTree(output.resolve("config.json").toFile());
    }
}
