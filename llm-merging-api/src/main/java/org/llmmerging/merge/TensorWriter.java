package org.llmmerging.merge;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.llmmerging.Block;
import org.llmmerging.TensorKernel;
import org.llmmerging.checkpoint.CheckpointStream;
import org.llmmerging.tensor.DType;
import org.llmmerging.tensor.FloatCodec;
import org.llmmerging.tensor.Shape;

/** Blends one tensor block by block and writes it, rounded once to its type. */
final class TensorWriter {
    /** Blocks that are written with one call. */
    private static final int BLOCKS_PER_WRITE = 8;

    /** Bytes that are written with one call, unless one block alone, a long row, has more. */
    private static final long MOST_PER_WRITE = 64L << 20;

    private final CheckpointStream stream;
    private final Workers workers;
    private final boolean allowNonFinite;
    private final MergeListener.Progress progress;
    private final @Nullable ByteBuffer[] buffers;

    TensorWriter(CheckpointStream stream, Workers workers, boolean allowNonFinite, MergeListener.Progress progress) {
        this.stream = stream;
        this.workers = workers;
        this.allowNonFinite = allowNonFinite;
        this.progress = progress;
        this.buffers = new ByteBuffer[workers.threads()];
    }

    /** A thread's buffer, kept from tensor to tensor: memory outside the heap is slow to get and to give back. */
    private ByteBuffer buffer(int thread, int bytes) {
        ByteBuffer buffer = buffers[thread];
        if (buffer == null || buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(bytes);
            buffers[thread] = buffer;
        }
        return buffer;
    }

    /** Elements that are written with one call. */
    static long elementsPerWrite(long blockLength, DType dtype) {
        long blocks = MOST_PER_WRITE / (blockLength * dtype.bytes());
        return blockLength * Math.clamp(blocks, 1, BLOCKS_PER_WRITE);
    }

    private record Memory(BlockMemory block, ByteBuffer buffer, MemorySegment encoded) {}

    /** Copies the first model's bytes. */
    void copy(PlannedTensor planned, MemorySegment data) {
        long step = 1L << 20;
        NonFinite check = new NonFinite(planned, allowNonFinite);
        workers.run(Math.ceilDiv(data.byteSize(), step), thread -> planned, givingUp((same, index) -> {
            long at = index * step;
            ByteBuffer part = data.asSlice(at, Math.min(step, data.byteSize() - at)).asByteBuffer();
            check.checkCopied(part, at);
            progress.advanced(part.remaining());
            stream.write(planned.output().name(), at, part);
        }));
    }

    /** A thread that is ahead waits for the others, and must hear of it when one of them fails. */
    private <S> Workers.Task<S> givingUp(Workers.Task<S> task) {
        return (memory, index) -> {
            try {
                task.run(memory, index);
            } catch (RuntimeException | Error failure) {
                stream.giveUp(failure);
                throw failure;
            }
        };
    }

    /** Applies the kernel to every block. */
    void blend(PlannedTensor planned, TensorKernel kernel) {
        Shape shape = planned.output().shape();
        DType dtype = planned.output().dtype();
        FloatCodec codec = FloatCodec.of(dtype);
        NonFinite check = new NonFinite(planned, allowNonFinite);
        long elements = shape.elements();
        int blockLength = StreamedInputs.chunkElements(shape, kernel.wholeRows());
        int capacity = (int) Math.min(blockLength, elements);
        long perWrite = elementsPerWrite(blockLength, dtype);
        int bufferBytes = Math.toIntExact(Math.min(perWrite, elements) * dtype.bytes());
        workers.run(
                Math.ceilDiv(elements, perWrite),
                thread -> {
                    ByteBuffer buffer = buffer(thread, bufferBytes).clear();
                    BlockMemory block = new BlockMemory(planned.sources(), capacity);
                    return new Memory(block, buffer, MemorySegment.ofBuffer(buffer));
                },
                givingUp((memory, index) -> {
                    long first = index * perWrite;
                    long end = Math.min(elements, first + perWrite);
                    for (long at = first; at < end; at += blockLength) {
                        int length = (int) Math.min(blockLength, end - at);
                        Block block = memory.block().read(at, length);
                        check.checkInputs(block);
                        kernel.apply(block);
                        codec.encode(block.output(), 0, length, memory.encoded(), at - first);
                        check.checkOutput(block);
                    }
                    int bytes = (int) (end - first) * dtype.bytes();
                    stream.write(
                            planned.output().name(), first * dtype.bytes(), memory.buffer().clear().limit(bytes));
                    progress.advanced(bytes);
                }));
    }
}
