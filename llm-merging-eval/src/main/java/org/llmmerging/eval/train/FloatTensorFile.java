package org.llmmerging.eval.train;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.CheckpointWriter;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.SafetensorsFile;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/** A safetensors file of float32 arrays that are small enough for memory, kept bit by bit. */
public final class FloatTensorFile {
    private FloatTensorFile() {}

    /**
     * Writes a file and puts it on the disk.
     *
     * @param file in a folder that exists and holds no {@code model.safetensors}
     * @param values by name, row-major
     * @param rows the first of two dimensions of each array
     * @throws OutputException when the disk is full or fails
     */
    public static void write(Path file, Map<String, float[]> values, int rows) {
        List<TensorInfo> tensors = new ArrayList<>();
        values.forEach((name, array) -> tensors
                .add(new TensorInfo(name, DType.F32, Shape.of(rows, array.length / rows))));
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException(file + " lies in no folder");
        }
        try (CheckpointWriter writer = CheckpointWriter.create(folder, tensors, Long.MAX_VALUE, Map.of())) {
            values.forEach((name, array) -> {
                ByteBuffer bytes = ByteBuffer.allocate(array.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                bytes.asFloatBuffer().put(array);
                writer.write(name, 0, bytes);
            });
            writer.finish();
            Files.move(writer.files().getFirst(), file);
        } catch (IOException e) {
            throw OutputException.of(file, e, 0);
        }
    }

    /**
     * Reads a whole file.
     *
     * @throws CheckpointException when it is missing, malformed, or holds another type
     */
    public static Map<String, float[]> read(Path file) {
        ValueLayout.OfFloat layout = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            Map<String, float[]> values = new LinkedHashMap<>();
            for (TensorInfo info : opened.tensors().values()) {
                if (info.dtype() != DType.F32) {
                    throw new CheckpointException(file, info.name() + " is of type " + info.dtype()
                            + ", expected F32. Make the file again");
                }
                values.put(info.name(), opened.tensor(info.name()).data().toArray(layout));
            }
            return values;
        }
    }
}
