package org.llmmerging.eval.model;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.Shape;

/**
 * What {@code config.json} says of a model's architecture, in whichever spelling transformers wrote it. Keys that are
 * absent have the value that the model's class gives them there.
 */
public sealed interface ModelConfig permits DecoderConfig, EncoderDecoderConfig {

    /**
     * Reads {@code config.json} of a model folder.
     *
     * @throws CheckpointException naming the file when it is missing, malformed, of a {@code model_type} that is not
     *     known, or asks for something that is not implemented
     */
    static ModelConfig read(Path folder) {
        Path file = folder.resolve("config.json");
        if (Files.exists(folder.resolve("adapter_config.json")) && !Files.exists(file)) {
            throw new CheckpointException(
                    folder,
                    "is a LoRA adapter and no model. Merge it into its base: ./main merge with merge_method: passthrough"
                            + " and the one model BASE+" + folder.getFileName());
        }
        ConfigJson json = ConfigJson.read(file);
        if (json.has("quantization_config")) {
            throw json.failure(
                    "quantization_config",
                    "is there, and quantized weights are not implemented. Save the model dequantized, in float32,"
                            + " float16 or bfloat16, and without this key");
        }
        return ModelFamily.of(json).read(json);
    }

    /** The file it was read from, for messages. */
    Path file();

    /** The folder of {@link #file()}. */
    default Path folder() {
        return Objects.requireNonNull(file().toAbsolutePath().getParent(), "a file is in a folder");
    }

    /** What {@code model_type} says, such as {@code llama}. */
    String modelType();

    /** Number of rows of the token embedding, and of logits at each position. */
    int vocabularySize();

    /** Width of the hidden states. */
    int hiddenSize();

    /** Name of the token embedding. */
    String embeddingName();

    /** Name of the output projection, which checkpoints with tied embeddings may lack. */
    String headName();

    /** Whether the output projection is the token embedding when the checkpoint stores no projection of its own. */
    boolean tiesEmbeddings();

    /** Number of blocks by the tensor-name prefix that the block's number follows. */
    Map<String, Integer> blockCounts();

    /**
     * The shape of every tensor that the model is made of, by name, without the output projection. As many as the file
     * says: take {@link #verifiedShapes} where the tensors have not been compared with it.
     */
    Map<String, Shape> tensorShapes();

    /**
     * The shape of every tensor to load, the output projection last where there is one.
     *
     * @throws CheckpointException when the file contradicts the tensors, or one is of a type that cannot be run
     */
    default Map<String, Shape> verifiedShapes(SortedMap<String, TensorInfo> tensors) {
        return WeightShapes.verified(this, tensors);
    }
}
