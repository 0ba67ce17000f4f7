package org.llmmerging.merge;

import org.llmmerging.WholeTensorMethod;
import org.llmmerging.checkpoint.CheckpointStream;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.Shape;

/**
 * The memory that a merge works in. Inputs are mapped files, which the system may drop and read again, and do not
 * count.
 *
 * @param heapBytes for every thread one block of float32 of each model, the base and the result, for the tensor that
 *     needs most, with what the method {@linkplain org.llmmerging.MergeMethod#bytesPerThread works in} besides, and
 *     8 MiB of partial sums; for a method that works on whole tensors, those of the largest tensor too;
 *     and what a method {@linkplain org.llmmerging.MergeMethod#keptBytes keeps} of a tensor, such as which elements
 *     sparsification leaves, a bit for each. Blocks are counted at their longest: a whole row where rows are longer
 *     than a block
 * @param directBytes for every thread the buffer that a run of blocks is encoded into, and the windows of the output
 *     that wait to be written
 * @param threads how many threads work
 */
public record MemoryEstimate(long heapBytes, long directBytes, int threads) {
    static MemoryEstimate of(MergePlan plan, int threads) {
        long block = 0;
        long whole = 0;
        long kept = 0;
        long buffer = 0;
        for (PlannedTensor tensor : plan.tensors()) {
            Shape shape = tensor.output().shape();
            if (tensor.method() == null || shape.elements() == 0) {
                continue;
            }
            long arrays = tensor.sources().count() + 1L;
            long length = Math.min(
                    shape.elements(), Math.max(StreamedInputs.CHUNK_ELEMENTS, shape.columns()));
            MethodCode method = new MethodCode(tensor.method(), tensor.output().name());
            int models = tensor.sources().models().size();
            block = Math.max(block,
                    arrays * length * Float.BYTES + method.bytesPerThread(shape, models, tensor.parameters()));
            kept = Math.max(kept, method.keptBytes(shape, models, tensor.parameters()));
            if (tensor.method() instanceof WholeTensorMethod) {
                whole = Math.max(whole, arrays * shape.elements() * Float.BYTES);
            }
            DType dtype = tensor.output().dtype();
            long perWrite = Math.min(TensorWriter.elementsPerWrite(length, dtype), shape.elements());
            buffer = Math.max(buffer, perWrite * dtype.bytes());
        }
        long windows = Math.min(CheckpointStream.MEMORY, plan.outputBytes());
        long sums = StreamedInputs.PARTIAL_SUMS * Double.BYTES;
        return new MemoryEstimate(threads * block + whole + kept + sums, threads * buffer + windows, threads);
    }
}
