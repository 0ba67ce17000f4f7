package org.llmmerging.eval.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.llmmerging.LoadedModels;
import org.llmmerging.MergeMethod;
import org.llmmerging.PlanContext;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.KitConfig;
import org.llmmerging.config.KitDocument;
import org.llmmerging.config.Problems;
import org.llmmerging.merge.KitMerge;
import org.llmmerging.merge.MergeOptions;
import org.llmmerging.merge.MethodFinder;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.Planning;
import org.llmmerging.merge.StagedPlan;
import org.llmmerging.merge.StagedPlanner;
import org.llmmerging.plugin.PluginException;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.plugin.RegisteredMerges;

/** What a registered name would do with its configuration. Owns the models that the plan reads. */
public final class NamedPlan implements PlanContext, AutoCloseable {
    private final RegisteredMerges entry;
    private final KitDocument document;
    private final MergeOptions options;
    private final ModelLocator locator;
    private final PluginRegistry registry;
    private final List<String> notes = new ArrayList<>();
    private @Nullable StagedPlan plan;
    private boolean searches;

    private NamedPlan(
            RegisteredMerges entry,
            KitDocument document,
            MergeOptions options,
            ModelLocator locator,
            PluginRegistry registry) {
        this.entry = entry;
        this.document = document;
        this.options = options;
        this.locator = locator;
        this.registry = registry;
    }

    /**
     * Plans what can be planned.
     *
     * @throws org.llmmerging.MergingException with everything that is wrong
     */
    public static NamedPlan of(
            RegisteredMerges entry,
            KitDocument document,
            MergeOptions options,
            ModelLocator locator,
            PluginRegistry registry) {
        NamedPlan plan = new NamedPlan(entry, document, options, locator, registry);
        try {
            if (entry.canBePlanned()) {
                new EntryCode(entry).run("plan", () -> {
                    entry.merges().plan(plan);
                    return plan;
                });
            } else {
                plan.note(entry.name() + " merges in its own way, which shows only when it is run");
            }
            document.problems().throwIfAny();
            return plan;
        } catch (RuntimeException | Error failure) {
            plan.close();
            throw failure;
        }
    }

    /** The merge that makes the result, unless the name says nothing of it. */
    public Optional<StagedPlan> merge() {
        return Optional.ofNullable(plan);
    }

    /** What the name does besides. */
    public List<String> notes() {
        return notes;
    }

    /** Whether the run asks for validation sets, as far as is known. */
    public boolean maySearch() {
        return searches || !entry.canBePlanned();
    }

    @Override
    public KitConfig config() {
        return document.config();
    }

    @Override
    public Problems problems() {
        return document.problems();
    }

    @Override
    public void merge(String method) {
        merge(method, config());
    }

    @Override
    public void merge(String method, KitConfig config) {
        merge(registered(method), config);
    }

    @Override
    public void merge(MergeMethod method) {
        merge(method, config());
    }

    @Override
    public LoadedModels openModels() {
        if (plan == null) {
            throw misuse("opens models before it has planned a merge");
        }
        return KitMerge.open(config(), plan::open);
    }

    @Override
    public Optional<Path> find(String path) {
        return locator.find(path);
    }

    @Override
    public void searches() {
        searches = true;
    }

    @Override
    public void note(String sentence) {
        notes.add(sentence);
    }

    private void merge(MergeMethod method, KitConfig config) {
        if (plan != null) {
            throw misuse("plans more than one merge");
        }
        KitMerge.notes(config, method).forEach(note -> notes.add(note.toString()));
        // Stages are of mergekit files; a kit configuration has none.
        MethodFinder methods = name -> name.equals(method.name()) ? method : registered(name);
        plan = new StagedPlanner(new Planning(options, locator, methods, null))
                .plan(KitMerge.read(config, method, problems()));
        ArchitectureCheck.check(config, plan.configurationFolder(), problems());
    }

    private PluginException misuse(String what) {
        return new PluginException(new EntryCode(entry).label() + " " + what
                + ". Report it to its author, or take the jar out of the folder");
    }

    private MergeMethod registered(String name) {
        try {
            return registry.requireMethod(name).method();
        } catch (ConfigException unknown) {
            if (name.equals(entry.description().method())) {
                throw new PluginException(new EntryCode(entry).label()
                        + " is registered with a method that is not there. " + unknown.getMessage(), unknown);
            }
            throw unknown;
        }
    }

    @Override
    public void close() {
        if (plan != null) {
            plan.close();
        }
    }
}
