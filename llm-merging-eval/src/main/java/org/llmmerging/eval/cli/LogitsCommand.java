package org.llmmerging.eval.cli;

import ai.djl.Device;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.RealPath;
import org.llmmerging.checkpoint.SafetensorsWriter;
import org.llmmerging.checkpoint.StagedFile;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.eval.model.EngineMemory;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.model.LogitsRequest;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code logits MODEL_DIR --input I.json --out L.safetensors}: raw logits of token ids, to compare with another
 * implementation. The output, tensor {@code logits} of shape {@code [batch, length, vocabulary]} in float32, appears
 * whole or not at all.
 */
@Command(
        name = "logits",
        mixinStandardHelpOptions = true,
        description = {"Write a model's raw logits.",
            "The input has input_ids, attention_mask and, for encoder-decoders, decoder_input_ids."})
final class LogitsCommand implements Callable<Integer> {
    private static final String TENSOR = "logits";

    @Mixin
    private final MessageOptions messageOptions = new MessageOptions();

    @Parameters(paramLabel = "MODEL_DIR", description = "A model folder in Hugging Face layout.")
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private Path model;

    @Option(names = "--input", required = true, paramLabel = "FILE", description = "Token ids in JSON, see above.")
    @SuppressWarnings("NullAway.Init")
    private Path input;

    @Option(names = "--out", required = true, paramLabel = "FILE", description = "The safetensors file to write.")
    @SuppressWarnings("NullAway.Init")
    private Path out;

    @Mixin
    private final DeviceOption device = new DeviceOption();

    @Override
    public Integer call() {
        Path folder = RealPath.of(model);
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(model, "is no folder. Give the folder of a model in Hugging Face layout");
        }
        Path target = RealPath.of(out);
        if (target.startsWith(folder) || target.equals(RealPath.of(input))) {
            throw new OutputException(out, "is the input or lies within the model. Inputs are never written to: name"
                    + " another file");
        }
        LogitsRequest request = LogitsRequest.read(input);
        Device place = device.device();
        String purpose = "the model and " + request.rows() + " rows of " + request.width()
                + " positions. Give fewer or shorter rows in " + input;
        EngineMemory.run(folder, purpose, () -> {
            try (LanguageModel languageModel = LanguageModel.open(folder, place)) {
                StagedFile.write(out, file -> write(languageModel, request, file));
            }
        });
        messageOptions.messages().say("wrote " + out);
        return 0;
    }

    private static void write(LanguageModel languageModel, LogitsRequest request, Path file) {
        Shape shape = Shape.of(
                request.rows(), request.width(), languageModel.config().vocabularySize());
        TensorInfo info = new TensorInfo(TENSOR, DType.F32, shape);
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, List.of(info))) {
            AtomicLong position = new AtomicLong();
            request.compute(languageModel, values -> {
                ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(values);
                writer.write(TENSOR, position.getAndAdd(bytes.capacity()), bytes);
            });
            writer.finish();
        }
    }
}
