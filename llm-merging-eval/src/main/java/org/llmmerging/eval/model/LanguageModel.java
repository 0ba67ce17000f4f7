package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.file.Path;
import java.util.List;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.SourceModel;

/**
 * A transformer over the weights of a checkpoint. Every method whose first parameter is a manager returns arrays that
 * belong to that manager. Not thread-safe.
 */
public sealed interface LanguageModel extends AutoCloseable permits DecoderModel, EncoderDecoderModel {
    /**
     * Opens a model folder.
     *
     * @param device where to run; float32 on the processor and, for an encoder-decoder, anywhere; a decoder on an
     *     accelerator is float16
     * @throws CheckpointException when the folder is no checkpoint of a known family, or its configuration contradicts
     *     its tensors
     * @throws ModelRunException when the machine has less memory than its weights take
     */
    static LanguageModel open(Path folder, Device device) {
        ModelConfig config = ModelConfig.read(folder);
        CheckpointWeights weights = CheckpointWeights.open(folder, config, device);
        return of(config, weights, weights.manager(), weights::close);
    }

    /**
     * A model over the weights of one that is open, an adapter applied to them if there is one. They are float32 on any
     * device; on the processor those that are stored so are not copied.
     *
     * @param source must stay open until this is closed
     * @throws CheckpointException when it is no checkpoint of a known family, or its configuration contradicts its
     *     tensors
     * @throws ModelRunException when the machine has less memory than its weights take
     */
    static LanguageModel open(SourceModel source, Device device) {
        ModelConfig config = ModelConfig.read(source.folder());
        CheckpointWeights weights = CheckpointWeights.of(source, config, device);
        return of(config, weights, weights.manager(), weights::close);
    }

    /**
     * Refuses models that cannot be open together.
     *
     * @throws ModelRunException when the machine has less memory than their weights take
     */
    static void checkMemory(List<SourceModel> models, Device device) {
        if (!device.isGpu()) {
            EngineMemory.checkWeights(
                    models.getFirst().folder(),
                    models.size(),
                    models.stream()
                            .mapToLong(model -> CheckpointWeights.copiedBytes(
                                    model, ModelConfig.read(model.folder()).verifiedShapes(model.tensors()).keySet()))
                            .sum());
        }
    }

    /**
     * A model over weights from anywhere, which stay their owner's: closing it frees nothing.
     *
     * @param manager what arrays for the model's inputs are made under
     */
    static LanguageModel of(ModelConfig config, Weights weights, NDManager manager) {
        return of(config, weights, manager, () -> {});
    }

    private static LanguageModel of(ModelConfig config, Weights weights, NDManager manager, Runnable onClose) {
        return switch (config) {
            case DecoderConfig decoder -> new DecoderModel(decoder, weights, manager, onClose);
            case EncoderDecoderConfig both -> new EncoderDecoderModel(both, weights, manager, onClose);
        };
    }

    /** What the model is made of. */
    ModelConfig config();

    /** The manager that arrays for this model's inputs are to be made under. */
    NDManager manager();

    /** The weights, by name. */
    Weights weights();

    /**
     * The last hidden states that whole sequences are predicted from, each token from those that truly precede it.
     * Differentiable by the weights.
     *
     * @param scope what the model's inputs are made under
     * @param inputs what is read, at least one token each
     * @param labels of an encoder-decoder the tokens that its decoder writes, one array for each input; not used for a
     *     decoder
     * @return {@code [rows, width, hidden]}: of a decoder those of each input, which predict the token after it; of an
     *     encoder-decoder those that predict each label. What is beyond a row's length means nothing
     */
    NDArray predictingStates(NDManager scope, List<int[]> inputs, List<int[]> labels);

    /**
     * Logits over the vocabulary.
     *
     * @param hidden last hidden states, {@code [..., hidden]}
     * @return float32 {@code [..., vocabulary]}, under the manager of {@code hidden}
     */
    NDArray logits(NDArray hidden);

    /**
     * Logits at some positions only. Differentiable by the hidden states and the weights.
     *
     * @param scope what the indices are made under
     * @param hidden last hidden states, {@code [rows, columns, hidden]}
     * @param positions of each the row times the number of columns, plus the column
     * @return float32 {@code [positions, vocabulary]}, under the manager of {@code hidden}
     */
    default NDArray logitsAt(NDManager scope, NDArray hidden, int[] positions) {
        NDArray flat = hidden.reshape(-1, config().hiddenSize());
        return logits(Layers.selectRows(flat, HostArrays.indices(scope, positions)));
    }

    /** Number of tokens read since the model was opened, padding counted: a measure of the work done. */
    long tokensRead();

    /** Frees the weights and what is left of the arrays. */
    @Override
    void close();
}
