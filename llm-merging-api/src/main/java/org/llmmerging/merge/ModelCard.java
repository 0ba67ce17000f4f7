package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Stages;
import org.llmmerging.hub.HubCache;

/**
 * {@code README.md} and {@code mergekit_config.yml} of an output. Both are made of the configuration and the options
 * alone, and say nothing of when or where, so that the same merge gives the same text.
 */
final class ModelCard {
    private static final String CARD = "README.md";
    private static final String CONFIGURATION = "mergekit_config.yml";

    private final Stages stages;
    private final MergeOptions options;
    private final List<String> notes;
    private final MethodFinder methods;
    private final Set<String> repositories;
    private final StringBuilder text = new StringBuilder();

    private ModelCard(
            Stages stages,
            MergeOptions options,
            List<String> notes,
            MethodFinder methods,
            Set<String> repositories) {
        this.stages = stages;
        this.options = options;
        this.notes = notes;
        this.methods = methods;
        this.repositories = repositories;
    }

    /**
     * The files by name; none when the options say so.
     *
     * @param notes what the user allowed or should know, a line each
     * @param methods finds the methods of all merges
     * @param repositories what came from the Hub, by the names and revisions of the configuration
     */
    static Map<String, String> files(
            Stages stages,
            MergeOptions options,
            List<String> notes,
            MethodFinder methods,
            Set<String> repositories) {
        if (!options.writeModelCard()) {
            return Map.of();
        }
        Map<String, String> files = new TreeMap<>();
        String configuration = MergekitYaml.write(stages.all());
        files.put(CARD, new ModelCard(stages, options, notes, methods, repositories).write(configuration));
        files.put(CONFIGURATION, configuration);
        return files;
    }

    private String write(String configuration) {
        frontMatter();
        line("# Merged model");
        line("");
        line("A merge of language models, made with llm-merging.");
        line("");
        line("## Method");
        line("");
        stages.stages().forEach(stage -> line("- `" + stage.name() + "`: " + method(stage)));
        line((stages.stages().isEmpty() ? "" : "- the result: ") + method(stages.result()));
        line("");
        line("Seed of everything random: " + options.seed() + ".");
        if (options.adaptedType() != null) {
            line("Weights with an adapter were rounded to " + options.adaptedType().torchName() + ".");
        }
        if (options.allowCrimes()) {
            line("Merged with `--allow-crimes`.");
        }
        if (options.allowNonFinite()) {
            line("Merged with `--allow-non-finite`: values that are not finite were not refused.");
        }
        line("");
        line("## Models");
        line("");
        models();
        if (!notes.isEmpty()) {
            line("## Notes");
            line("");
            new LinkedHashSet<>(notes).forEach(note -> line("- " + note));
            line("");
        }
        line("## Configuration");
        line("");
        line("```yaml");
        text.append(configuration);
        line("```");
        return text.toString();
    }

    private void frontMatter() {
        Set<String> models = new LinkedHashSet<>();
        for (ModelReference model : stages.inputs()) {
            addRepository(models, model);
            if (model.adapter() != null) {
                addRepository(models, model.adapter());
            }
        }
        Map<String, Object> front = new LinkedHashMap<>();
        if (!models.isEmpty()) {
            front.put("base_model", new ArrayList<>(models));
        }
        front.put("library_name", "transformers");
        front.put("tags", List.of("merge", "llm-merging"));
        line("---");
        text.append(MergekitYaml.yaml(front));
        line("---");
        line("");
    }

    /** The Hub refuses a card that names anything but repositories here; folders are in the table of models. */
    private void addRepository(Set<String> models, ModelReference model) {
        String pinned = new ModelReference(model.path(), model.revision(), null).toString();
        if (repositories.contains(pinned) && HubCache.isRepositoryName(model.path())) {
            models.add(model.path());
        }
    }

    private String method(MergeConfig config) {
        String name = "`" + config.mergeMethod() + "`";
        return methods.find(config.mergeMethod())
                .paper()
                .map(paper -> name + " ([" + paper.title() + "](" + paper.address() + "))")
                .orElse(name)
                + (config.baseModel() == null ? "" : ", base model " + code(config.baseModel()));
    }

    private void models() {
        line("| model | revision | adapter | used as |");
        line("|---|---|---|---|");
        for (ModelReference model : stages.inputs()) {
            ModelReference adapter = model.adapter();
            line("| " + cell(model.path()) + " | " + (model.revision() == null ? "" : cell(model.revision())) + " | "
                    + (adapter == null ? "" : cell(adapter.toString())) + " | " + role(model) + " |");
        }
        line("");
    }

    private String role(ModelReference model) {
        boolean base = stages.all().stream().anyMatch(config -> model.equals(config.baseModel()));
        boolean merged = stages.all().stream().anyMatch(config -> config.sources().models().anyMatch(model::equals));
        if (base && merged) {
            return "base, merged";
        }
        return base ? "base" : merged ? "merged" : "tokenizer";
    }

    private static String cell(String value) {
        return "`" + value.replace("|", "\\|").replace("`", "'") + "`";
    }

    private static String code(ModelReference model) {
        return "`" + model.toString().replace("`", "'") + "`";
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
