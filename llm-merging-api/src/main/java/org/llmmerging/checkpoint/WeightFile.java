package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.SortedMap;

/**
 * A file of weights, mapped read-only: nothing is read until a tensor's data is touched. Thread-safe. Closing unmaps; a
 * segment handed out before then throws {@link IllegalStateException} when touched.
 */
sealed interface WeightFile extends AutoCloseable permits SafetensorsFile, TorchFile {

    /** Where PyTorch's files are, by the end of their names. */
    String TORCH = ".bin";

    /**
     * Maps a file, in PyTorch's format when its name ends in {@value #TORCH}, else in that of safetensors.
     *
     * @throws CheckpointException when the file cannot be read or breaks a rule of its format
     */
    static WeightFile open(Path file) {
        return file.toString().endsWith(TORCH) ? TorchFile.open(file) : SafetensorsFile.open(file);
    }

    /** The file it was opened from. */
    Path file();

    /** Every tensor by name, in lexicographic order; unmodifiable. */
    SortedMap<String, TensorInfo> tensors();

    /**
     * One tensor, mapped.
     *
     * @throws CheckpointException when there is no such tensor, or the file has changed since it was opened
     */
    Tensor tensor(String name);

    /**
     * Checks that the file is what it was when it was opened. A file that is cut while its data is being read makes the
     * virtual machine throw {@link InternalError} from the access; whoever reads the data calls this then, and once at
     * the end, to say so in words.
     *
     * @throws CheckpointException when the file was cut, replaced or written to
     */
    void verifyUnchanged();

    @Override
    void close();
}
