package org.llmmerging.merge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;
import org.llmmerging.config.Position;
import org.llmmerging.config.Sources;

/** Opens every model that a configuration merges, so that all that cannot be read are told at once, and where. */
final class ModelOpening {
    private final Map<ModelReference, Position> places = new LinkedHashMap<>();

    private ModelOpening(MergeConfig config) {
        add(config.baseModel(), config.positionOf("base_model"));
        add(config.sources());
    }

    /**
     * @param store keeps the models open
     * @param notes receives which revisions are not looked at
     * @throws CheckpointException with a line for each model that cannot be found or read
     */
    static void all(MergeConfig config, ModelStore store, List<String> notes) {
        List<String> problems = new ArrayList<>();
        List<CheckpointException> causes = new ArrayList<>();
        new ModelOpening(config).places.forEach((model, position) -> {
            try {
                store.open(model);
            } catch (CheckpointException unreadable) {
                problems.add(position + ": " + unreadable.getMessage());
                causes.add(unreadable);
            }
        });
        if (!problems.isEmpty()) {
            throw CheckpointException.ofSeveral(problems, causes.getFirst());
        }
        store.ignoredRevisions().forEach(model -> notes.add(
                model + ": a folder has no revision; its files are taken as they are"));
    }

    private void add(@Nullable ModelReference model, Position position) {
        if (model != null) {
            places.putIfAbsent(model, position);
        }
    }

    private void add(Sources sources) {
        switch (sources) {
            case Sources.Models models -> models.inputs().forEach(input -> add(input.model(), input.position()));
            case Sources.Slices slices -> slices.slices().forEach(slice -> {
                add(slice.baseModel(), slice.position());
                slice.sources().forEach(source -> add(source.model(), source.position()));
            });
            case Sources.Modules modules -> modules.modules().values().forEach(module -> add(module.sources()));
        }
    }
}
