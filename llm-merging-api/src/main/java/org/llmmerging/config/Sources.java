package org.llmmerging.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a merge takes its layers from: whole models, slices of models, or either of them for each module of a model that
 * has several. Immutable; lists are never empty when read from a file.
 */
public sealed interface Sources {

    /** Where the list or mapping stands. */
    Position position();

    /** Every model named in it, in the order of the file, repeated when named again. */
    Stream<ModelReference> models();

    /** What one module can be made of. */
    sealed interface OfModule extends Sources permits Models, Slices {}

    /** Whole models, layer by layer. */
    record Models(List<Input> inputs, Position position) implements OfModule {
        /** Copies the list. */
        public Models {
            inputs = List.copyOf(inputs);
        }

        @Override
        public Stream<ModelReference> models() {
            return inputs.stream().map(Input::model);
        }
    }

    /** One of the models, with the parameters of its own. */
    record Input(ModelReference model, Settings parameters, Position position) {}

    /** Ranges of layers, put one on top of the other. */
    record Slices(List<Slice> slices, Position position) implements OfModule {
        /** Copies the list. */
        public Slices {
            slices = List.copyOf(slices);
        }

        @Override
        public Stream<ModelReference> models() {
            return slices.stream().flatMap(slice -> {
                Stream<ModelReference> sources = slice.sources.stream().map(SliceSource::model);
                return slice.baseModel == null ? sources : Stream.concat(Stream.of(slice.baseModel), sources);
            });
        }
    }

    /**
     * Consecutive layers of the output, merged from as many layers of each source.
     *
     * @param baseModel the base of this slice, or null for the configuration's
     */
    record Slice(
            List<SliceSource> sources, @Nullable ModelReference baseModel, Settings parameters, Position position) {
        /** Copies the list. */
        public Slice {
            sources = List.copyOf(sources);
        }
    }

    /**
     * Layers of one model.
     *
     * @param firstLayer counted from 0
     * @param endLayer the layer after the last; greater than {@code firstLayer}
     */
    record SliceSource(ModelReference model, int firstLayer, int endLayer, Settings parameters, Position position) {
        /** Number of layers. */
        public int layerCount() {
            return endLayer - firstLayer;
        }
    }

    /** Modules by name, in the order of the file; {@code default} for a model of a single one. */
    record Modules(Map<String, OutputModule> modules, Position position) implements Sources {
        /** Copies the map. */
        public Modules {
            modules = Collections.unmodifiableMap(new LinkedHashMap<>(modules));
        }

        @Override
        public Stream<ModelReference> models() {
            return modules.values().stream().flatMap(module -> module.sources.models());
        }
    }

    /** One module of the output. */
    record OutputModule(OfModule sources, Settings parameters, Position position) {}
}
