package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.endtoend.Weights.Values;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A plugin that a participant wrote, compiled here from source, and what is left when a plugin is taken away. */
class ThirdPartyPluginIT {
    private static final String MIDPOINT = """
            double fraction = parameters.number("fraction");
            float[] merged = base.clone();
            for (int i = 0; i < merged.length; i++) {
                merged[i] += fraction * (models[0][i] - base[i]);
            }
            return merged;
            """;

    @TempDir
    Path folder;

    @Test
    void itsNameRunsFromAFolderThatIsNamed() throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("my plugins"));
        Path jar = PluginFolder.midpoint(MIDPOINT).build(plugins.resolve("midpoint.jar"));
        Outcome list = Kit.in(folder).run("list", "--plugins", plugins).succeeded();
        assertTrue(
                list.output().stream().anyMatch(line -> line.matches("midpoint_llama3 +midpoint +llama3 +- +" + jar)),
                list::toString);

        Outcome outcome = Kit.in(folder)
                .run("-m", "midpoint_llama3", "--plugins", plugins, "--config", PluginFolder.midpointConfig(folder),
                        "--dataset_filepaths", Inputs.quiz(folder))
                .succeeded();
        assertTrue(outcome.lastLine().startsWith("{\"quiz\": {\"accuracy\": "), outcome::toString);
        checkQuarterOfTheWay(folder.resolve("output/midpoint_llama3"));
    }

    @Test
    void itsMethodRunsFromAMergekitFile() throws Exception {
        Path home = PluginFolder.home(folder);
        PluginFolder.midpoint(MIDPOINT).build(home.resolve("plugins/midpoint.jar"));
        Path file = Files.writeString(folder.resolve("merge.yaml"), """
                merge_method: midpoint
                base_model: models/llama3/base
                models:
                  - model: models/llama3/reasoning
                parameters:
                  fraction: 0.25
                """);
        Kit.in(folder).withHome(home).run("merge", file, "merged").succeeded();
        checkQuarterOfTheWay(folder.resolve("merged"));
    }

    private static void checkQuarterOfTheWay(Path merged) {
        SortedMap<String, Values> base = Weights.read(Kit.REPOSITORY.resolve("models/llama3/base"));
        SortedMap<String, Values> model = Weights.read(Kit.REPOSITORY.resolve("models/llama3/reasoning"));
        SortedMap<String, Values> actual = Weights.read(merged);
        assertEquals(base.keySet(), actual.keySet());
        base.forEach((tensor, values) -> {
            double[] from = values.elements();
            double[] to = model.get(tensor).elements();
            for (int i = 0; i < from.length; i++) {
                short expected = Bfloat16.encode((float) (from[i] + 0.25 * (to[i] - from[i])));
                assertEquals(Bfloat16.decode(expected), actual.get(tensor).elements()[i], tensor);
            }
        });
    }

    @Test
    void aPluginThatIsDeletedTakesItsNamesAlongAndNothingElse() throws Exception {
        Path home = PluginFolder.home(folder);
        TreeSet<String> all = names(home);
        assertEquals(53, all.size());
        Files.delete(home.resolve("plugins/llama2.jar"));
        TreeSet<String> gone = new TreeSet<>(all);
        gone.removeAll(names(home));
        assertEquals(
                all.stream()
                        .filter(name -> name.endsWith("_llama2") || name.equals("llama_avg"))
                        .collect(Collectors.toCollection(TreeSet::new)),
                gone);
        assertEquals(11, gone.size());
        Kit.in(folder).withHome(home).run("-m", "slerp_llama2").failed(2, "'slerp_llama2'", "'slerp_llama");
        assertFalse(Files.exists(folder.resolve("output")));
    }

    private TreeSet<String> names(Path home) throws IOException, InterruptedException {
        return Kit.in(folder).withHome(home).run("list").succeeded().output().stream()
                .skip(1)
                .takeWhile(line -> !line.isBlank())
                .map(line -> line.split(" ")[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
