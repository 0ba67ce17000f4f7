package org.llmmerging.eval.train.starter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.Manifest;
import org.llmmerging.checkpoint.Sha256;
import org.llmmerging.eval.train.RepositoryFiles;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.MergeListener;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.Planning;
import org.llmmerging.merge.StageCache;
import org.llmmerging.merge.StagedMerge;
import org.llmmerging.merge.StagedPlan;
import org.llmmerging.merge.StagedPlanner;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The models that the repository holds. */
class StarterModelsTest {
    private static final long LARGEST_MODEL = 1_500_000;
    private static final long LARGEST_ALL = 25_000_000;
    /** Enough to distinguish a specialist from its base, few enough to be quick. */
    private static final int ROWS = 40;

    private static final Path MODELS = RepositoryFiles.folder("models");

    @ParameterizedTest
    @MethodSource("org.llmmerging.eval.train.starter.StarterModels#families")
    void theManifestHasSizeAndHashOfEveryFile(String family) throws IOException {
        Path folder = MODELS.resolve(family);
        Manifest manifest = Manifest.read(folder).orElseThrow();
        assertEquals(String.valueOf(StarterData.DEFAULT_SEED), manifest.text("seed"));
        List<Manifest.Entry> found = new ArrayList<>();
        for (Path file : FolderTree.files(folder)) {
            if (!file.endsWith(Manifest.FILE)) {
                found.add(new Manifest.Entry(
                        folder.relativize(file).toString(), Files.size(file), Sha256.hex(file)));
            }
        }
        assertEquals(found, manifest.files());
    }

    @Test
    void eachModelIsSmallAndAllTogetherAre() throws IOException {
        long all = 0;
        for (String family : StarterModels.families()) {
            for (Path file : FolderTree.files(MODELS.resolve(family))) {
                long bytes = Files.size(file);
                assertTrue(bytes <= LARGEST_MODEL, file + " has " + bytes + " bytes");
                all += bytes;
            }
        }
        assertTrue(all <= LARGEST_ALL, all + " bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"flan-t5", "llama", "llama3", "mistral"})
    void aFineTuneHasTheTensorsOfItsBaseInBfloat16(String family) {
        try (Checkpoint base = Checkpoint.open(MODELS.resolve(family).resolve("base"))) {
            for (Skill skill : Skill.values()) {
                try (Checkpoint tuned = Checkpoint.open(MODELS.resolve(family).resolve(skill.folder()))) {
                    assertEquals(base.tensors(), tuned.tensors(), skill.folder());
                }
            }
            base.tensors().values().forEach(tensor -> assertEquals(DType.BF16, tensor.dtype(), tensor.name()));
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmmerging.eval.train.starter.StarterModels#families")
    void everyModelHasACard(String family) throws IOException {
        for (String model : new String[] {"base", "reasoning", "summaries", "arithmetic"}) {
            String card = Files.readString(MODELS.resolve(family).resolve(model).resolve("README.md"));
            for (String part : new String[] {"# " + family + "/" + model, "steps", "nats", "rougeL", "accuracy"}) {
                assertTrue(card.contains(part), family + "/" + model + ": " + part);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("org.llmmerging.eval.train.starter.StarterModels#families")
    void aFineTuneIsBetterThanItsBaseAtItsOwnSkill(String family, @TempDir Path folder) throws IOException {
        StarterData data = new StarterData(StarterData.DEFAULT_SEED);
        Map<Skill, Double> base = SkillScores.of(MODELS.resolve(family).resolve("base"), data, ROWS);
        for (Skill skill : Skill.values()) {
            Path tunedFolder = whole(family, skill, folder.resolve(skill.folder()));
            double tuned = SkillScores.of(tunedFolder, data, ROWS).getOrDefault(skill, 0.0);
            double before = base.getOrDefault(skill, 1.0);
            assertTrue(tuned > before + 0.1, family + " " + skill + ": " + before + " before, then " + tuned);
        }
    }

    /** The folder of a fine-tune; of an adapter, what it makes of the base. */
    private static Path whole(String family, Skill skill, Path output) throws IOException {
        Path tuned = MODELS.resolve(family).resolve(skill.folder());
        if (!Files.exists(tuned.resolve("adapter_config.json"))) {
            return tuned;
        }
        Path file = Files.writeString(output.resolveSibling(skill.folder() + ".yml"), """
                merge_method: passthrough
                models:
                  - model: %s+%s
                """.formatted(MODELS.resolve(family).resolve("base"), tuned));
        ModelLocator locator = new ModelLocator(List.of(MODELS), new HubCache(output));
        try (PluginRegistry registry = PluginRegistry.load(List.of());
                StagedPlan plan = new StagedPlanner(new Planning(
                        MergeOptions.defaults(StarterData.DEFAULT_SEED),
                        locator,
                        name -> registry.requireMethod(name).method(),
                        StageCache.beside(output, false))).plan(file)) {
            return new StagedMerge(plan, MergeListener.NONE).run(output);
        }
    }
}
