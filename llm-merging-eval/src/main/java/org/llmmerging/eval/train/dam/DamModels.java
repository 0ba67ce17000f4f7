package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.model.ModelConfig;
import org.llmmerging.eval.model.ModelRunException;
import org.llmmerging.eval.model.NonFiniteWeights;
import org.llmmerging.tensor.Shape;

/**
 * The models of a merge, ready to run: their weights stay as they are, mapped or widened once, and are shared by all
 * who use them. Closing frees them; the checkpoints stay their owner's.
 */
final class DamModels implements AutoCloseable {
    private final LanguageModel base;
    private final List<SourceModel> sources;
    private final List<LanguageModel> models = new ArrayList<>();

    private DamModels(LanguageModel base, List<SourceModel> sources) {
        this.base = base;
        this.sources = List.copyOf(sources);
    }

    /**
     * Loads every model.
     *
     * @throws CheckpointException naming the model that differs from the base in architecture, vocabulary or shapes
     * @throws ModelRunException when the machine has less memory than their weights take together
     */
    static DamModels open(SourceModel base, List<SourceModel> models, Device device) {
        models.forEach(model -> checkSame(base, model));
        LanguageModel.checkMemory(Stream.concat(Stream.of(base), models.stream()).toList(), device);
        DamModels opened = new DamModels(LanguageModel.open(base, device), models);
        try {
            for (SourceModel model : models) {
                opened.models.add(LanguageModel.open(model, device));
            }
            return opened;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    /** @throws CheckpointException when the two cannot be merged column by column */
    static void checkSame(SourceModel base, SourceModel model) {
        ModelConfig expected = ModelConfig.read(base.folder());
        ModelConfig found = ModelConfig.read(model.folder());
        if (!expected.modelType().equals(found.modelType())) {
            throw different(model, "is of type " + found.modelType() + ", the base " + base.label() + " of type "
                    + expected.modelType());
        }
        if (expected.vocabularySize() != found.vocabularySize()) {
            throw different(model, "has a vocabulary of " + found.vocabularySize() + " tokens, the base " + base.label()
                    + " of " + expected.vocabularySize());
        }
        SortedMap<String, TensorInfo> tensors = model.tensors();
        tensorShapes(base).forEach((name, shape) -> {
            TensorInfo info = tensors.get(name);
            if (info == null || !info.shape().equals(shape)) {
                throw different(model,
                        "has " + (info == null ? "no tensor " + name : name + " of shape " + info.shape())
                                + ", the base " + base.label() + " has one of shape " + shape);
            }
        });
        String head = found.headName();
        if (!found.tiesEmbeddings() && tensors.containsKey(head) && !base.tensors().containsKey(head)) {
            throw different(model, "has an output head " + head + " of its own, and the base " + base.label()
                    + " uses its embedding as one");
        }
        checkNoFurtherTensor(base, model);
    }

    /** An adapter may give a base that uses its embedding as output head a head, for which there are no coefficients. */
    private static void checkNoFurtherTensor(SourceModel base, SourceModel model) {
        if (model.adapter() == null) {
            return;
        }
        for (String name : model.tensors().keySet()) {
            if (!model.checkpoint().tensors().containsKey(name) && !base.tensors().containsKey(name)) {
                throw different(model, "has a tensor " + name + " of its own with the adapter " + model.label()
                        + ", and the base " + base.label() + " has none");
            }
        }
    }

    /**
     * The shape of every tensor that a model is made of, by name, in the order of its layers.
     *
     * @throws CheckpointException when its configuration contradicts its tensors
     */
    static Map<String, Shape> tensorShapes(SourceModel model) {
        return ModelConfig.read(model.folder()).verifiedShapes(model.tensors());
    }

    /** What all of them are made of. */
    ModelConfig config() {
        return base.config();
    }

    /** The base model. */
    LanguageModel base() {
        return base;
    }

    /** The models that are merged, in their order; the base is one of them only where it was listed. */
    List<LanguageModel> models() {
        return models;
    }

    NDManager manager() {
        return base.manager();
    }

    /**
     * Reads every weight.
     *
     * @throws CheckpointException naming the first model, and its tensor, that holds a NaN or an infinity
     */
    void checkFinite() {
        check(base, "");
        for (int i = 0; i < models.size(); i++) {
            check(models.get(i), sources.get(i).adapter() == null ? "" : " of " + sources.get(i).label());
        }
    }

    /** @param whose the model, where its folder is another's */
    private static void check(LanguageModel model, String whose) {
        NonFiniteWeights.first(model).ifPresent(name -> {
            throw new CheckpointException(model.config().folder(),
                    "tensor " + name + whose + " holds a NaN or an infinity. Use a checkpoint without it");
        });
    }

    @Override
    public void close() {
        models.forEach(LanguageModel::close);
        base.close();
    }

    private static CheckpointException different(SourceModel model, String problem) {
        return new CheckpointException(
                model.folder(),
                problem + ". Merge fine-tunes of one base model");
    }
}
