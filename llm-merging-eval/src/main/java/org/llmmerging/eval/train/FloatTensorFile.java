package org.llmmerging.eval.train;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.SafetensorsFile;
import org.llmmerging.checkpoint.SafetensorsWriter;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/** A safetensors file of float32 arrays that are small enough for memory, kept bit by bit. */
public final class FloatTensorFile {
    private FloatTensorFile() {}

    /**
     * Writes a file and puts it on the disk.
     *
     * @param file missing, in a folder that exists
     * @param values by name, row-major
     * @param rows the first of two dimensions of each array
     * @throws org.llmmerging.checkpoint.OutputException when the disk is full or fails
     */
    public static void write(Path file, Map<String, float[]> values, int rows) {
        List<TensorInfo> tensors = new ArrayList<>();
        values.forEach((name, array) -> tensors
                .add(new TensorInfo(name, DType.F32, Shape.of(rows, array.length / rows))));
        try (SafetensorsWriter writer = SafetensorsWriter.create(file, tensors)) {
            values.forEach((name, array) -> {
                ByteBuffer bytes = ByteBuffer.allocate(array.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(array);
                writer.write(name, 0, bytes);
            });
            writer.finish();
        }
    }

    /**
     * Reads a whole file that {@link #write} wrote.
     *
     * @param rows the first of two dimensions of each array
     * @param remedy what to do about any other file, without a full stop
     * @throws CheckpointException when it is missing, malformed, or holds another type or shape
     */
    public static Map<String, float[]> read(Path file, int rows, String remedy) {
        ValueLayout.OfFloat layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        try (SafetensorsFile opened = WrittenTensors.open(
                file, ". " + remedy, (problem, cause) -> new CheckpointException(file, problem, cause))) {
            Map<String, float[]> values = new LinkedHashMap<>();
            for (TensorInfo info : opened.tensors().values()) {
                if (info.dtype() != DType.F32) {
                    throw new CheckpointException(file, info.name() + " is of type " + info.dtype()
                            + ", expected F32. " + remedy);
                }
                if (info.shape().rank() != 2 || info.shape().rows() != rows) {
                    throw new CheckpointException(file, info.name() + " is of shape " + info.shape()
                            + ", expected " + rows + " rows. " + remedy);
                }
                values.put(info.name(), opened.tensor(info.name()).data().toArray(layout));
            }
            return values;
        }
    }
}
