package org.llmmerging.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.Merges;
import org.llmmerging.MergingException;
import org.llmmerging.config.KitDocument;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.PlanReport;
import org.llmmerging.merge.StagedPlan;
import org.llmmerging.plugin.Origin;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.plugin.RegisteredMerges;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** A configuration of names, planned on the starter models of Llama 3. */
abstract class NamedPlanFixture {
    static final Path MODELS = Path.of("..", "models", "llama3").toAbsolutePath().normalize();
    static final String TWO = "list_models: [arithmetic, summaries]\nbase_model_name: base\n";

    @TempDir
    Path folder;

    private final PluginRegistry registry = PluginRegistry.load(List.of());

    @AfterEach
    void close() {
        registry.close();
    }

    void assertRefused(Merges merges, String config, int exitCode, String expected) {
        MergingException problem = assertThrows(MergingException.class, () -> plan(merges, config).close());
        String message = String.valueOf(problem.getMessage())
                .replace(folder.resolve("kit.yaml").toString(), "kit.yaml")
                .replace(MODELS.toString(), "MODELS");
        String withoutCache = message.replaceAll(", and the Hugging Face cache .*", "");
        assertEquals(expected.strip(), withoutCache);
        assertEquals(exitCode, problem.exitCode());
    }

    static List<String> methods(NamedPlan plan) {
        return plan.merge().map(StagedPlan::reports).orElse(List.of()).stream().map(PlanReport::method).toList();
    }

    NamedPlan plan(Merges merges, String config) throws IOException {
        Path file = Files.writeString(folder.resolve("kit.yaml"), config);
        ModelLocator locator = new ModelLocator(List.of(MODELS), HubCache.of(Map.of(), folder));
        RegisteredMerges entry = new RegisteredMerges(merges.description(), merges, new Origin.BuiltIn());
        return NamedPlan.of(entry, KitDocument.read(file), MergeOptions.defaults(42), locator, registry);
    }
}
