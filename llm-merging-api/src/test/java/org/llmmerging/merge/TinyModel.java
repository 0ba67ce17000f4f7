package org.llmmerging.merge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.llmmerging.checkpoint.SafetensorsWriter;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;
import org.llmmerging.tensor.Shape;

/** A model folder of a few small tensors, for tests to write. */
final class TinyModel {
    private final Path folder;
    private final List<TensorInfo> tensors = new ArrayList<>();
    private final Map<String, byte[]> data = new LinkedHashMap<>();
    private String config = "{\"vocab_size\": 3}";

    TinyModel(Path folder) {
        this.folder = folder;
    }

    TinyModel config(String json) {
        this.config = json;
        return this;
    }

    TinyModel tensor(String name, DType dtype, Shape shape, float... values) {
        byte[] bytes = new byte[values.length * dtype.bytes()];
        FloatCodec.of(dtype).encode(values, 0, values.length, MemorySegment.ofArray(bytes), 0);
        return raw(name, dtype, shape, bytes);
    }

    TinyModel raw(String name, DType dtype, Shape shape, byte... bytes) {
        tensors.add(new TensorInfo(name, dtype, shape));
        data.put(name, bytes);
        return this;
    }

    /** A tensor of normal numbers from a seed of its name. */
    TinyModel random(String name, long... dimensions) {
        Shape shape = Shape.of(dimensions);
        SplittableRandom random = new SplittableRandom(name.hashCode() * 31L + folder.hashCode());
        float[] values = new float[(int) shape.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return tensor(name, DType.F32, shape, values);
    }

    /** Writes the weights and config.json. */
    Path write() {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("config.json"), config);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        try (SafetensorsWriter writer = SafetensorsWriter.create(folder.resolve("model.safetensors"), tensors)) {
            data.forEach((name, bytes) -> writer.write(name, 0, ByteBuffer.wrap(bytes)));
            writer.finish();
        }
        return folder;
    }
}
