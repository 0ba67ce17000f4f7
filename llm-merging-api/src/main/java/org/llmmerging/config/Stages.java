package org.llmmerging.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * The merges of one file in an order in which they can be run. A document may name others as models, before or after
 * itself; a name of a document takes precedence over a folder or a repository of that name. Immutable.
 *
 * @param stages the merges that the result needs, each after those that it uses itself
 * @param result the merge that is asked for: the document without a name, or the last one when all have names
 * @param unused documents that the result does not need, in the order of the file
 */
public record Stages(List<MergeConfig> stages, MergeConfig result, List<MergeConfig> unused) {

    /** Copies the lists. */
    public Stages {
        stages = List.copyOf(stages);
        unused = List.copyOf(unused);
    }

    /**
     * Orders the documents of a file.
     *
     * @param documents at least one; names are unique and at most one has none, as {@link MergeConfig#read} ensures
     * @throws ConfigException naming every cycle, and every use of a stage that cannot be
     */
    public static Stages of(List<MergeConfig> documents) {
        return new Ordering(documents).order();
    }

    /** The stages and then the result. */
    public List<MergeConfig> all() {
        List<MergeConfig> all = new ArrayList<>(stages);
        all.add(result);
        return all;
    }

    /** Every model that no stage makes, in the order in which they are first named. */
    public SequencedSet<ModelReference> inputs() {
        SequencedSet<ModelReference> inputs = new LinkedHashSet<>();
        for (MergeConfig config : all()) {
            config.allModels().stream().filter(model -> !isStage(model)).forEach(inputs::add);
        }
        return inputs;
    }

    /** Whether a reference means one of the stages. */
    public boolean isStage(ModelReference model) {
        return stages.stream().anyMatch(stage -> model.path().equals(stage.name()));
    }

    /** Visits the documents depth first, so that each comes after what it uses. */
    private static final class Ordering {
        private final List<MergeConfig> documents;
        private final Map<String, MergeConfig> byName = new LinkedHashMap<>();
        private final Problems problems = new Problems();
        private final SequencedSet<MergeConfig> done = new LinkedHashSet<>();
        private final List<MergeConfig> path = new ArrayList<>();

        Ordering(List<MergeConfig> documents) {
            this.documents = documents;
            for (MergeConfig document : documents) {
                if (document.name() != null) {
                    byName.put(document.name(), document);
                }
            }
        }

        Stages order() {
            MergeConfig result = documents.stream()
                    .filter(document -> document.name() == null)
                    .findFirst()
                    .orElse(documents.getLast());
            visit(result);
            List<MergeConfig> stages = new ArrayList<>(done);
            stages.remove(result);
            List<MergeConfig> unused = documents.stream().filter(document -> !done.contains(document)).toList();
            unused.forEach(this::visit); // for their problems
            problems.throwIfAny();
            return new Stages(stages, result, unused);
        }

        private void visit(MergeConfig document) {
            if (done.contains(document)) {
                return;
            }
            path.add(document);
            for (ModelReference model : document.allModels()) {
                checkUse(document, model);
                MergeConfig used = byName.get(model.path());
                if (used != null && path.contains(used)) {
                    problems.add(document.position(), "the stages use each other in a circle: " + circle(used)
                            + ". Let one of them use a model that is there");
                } else if (used != null) {
                    visit(used);
                }
            }
            path.removeLast();
            done.add(document);
        }

        private void checkUse(MergeConfig document, ModelReference model) {
            if (byName.containsKey(model.path()) && model.revision() != null) {
                problems.add(document.position(), "'" + model + "' is the stage '" + model.path()
                        + "', which has no revisions. Remove '@" + model.revision() + "'");
            }
            ModelReference adapter = model.adapter();
            if (adapter != null && byName.containsKey(adapter.path())) {
                problems.add(document.position(), "'" + model + "' takes the stage '" + adapter.path()
                        + "' for an adapter, and a stage makes a whole model. Use it as a model of its own");
            }
        }

        private String circle(MergeConfig from) {
            List<String> names = new ArrayList<>();
            for (MergeConfig each : path.subList(path.indexOf(from), path.size())) {
                names.add(name(each));
            }
            names.add(name(from));
            return String.join(" → ", names);
        }

        private static String name(MergeConfig document) {
            @Nullable
            String name = document.name();
            return name == null ? "the document without a name" : name;
        }
    }
}
