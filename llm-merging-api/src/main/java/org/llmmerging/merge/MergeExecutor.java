package org.llmmerging.merge;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.llmmerging.MergeMethod;
import org.llmmerging.checkpoint.CheckpointStream;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.checkpoint.TensorSource;

/**
 * Carries a plan out: streams every tensor through its method into its place in the output, in the memory that
 * {@link MemoryEstimate} counts. The same plan gives the same bytes for any number of threads.
 */
final class MergeExecutor {
    private final MergeOptions options;
    private final MergeListener.Progress progress;

    /**
     * @param options how many threads work, how large files become, and what is let pass
     * @param progress notified of every block written
     */
    MergeExecutor(MergeOptions options, MergeListener.Progress progress) {
        this.options = options;
        this.progress = progress;
    }

    /**
     * Writes the weights.
     *
     * @param folder an existing folder, not yet visible to anyone else
     * @return SHA-256 of each weight file, in hexadecimal
     * @throws MergeException when an input or a result is not finite and that is not allowed, or a method breaks its
     *     contract
     * @throws org.llmmerging.checkpoint.CheckpointException when an input was changed while it was read
     */
    Map<Path, String> writeWeights(MergePlan plan, Path folder) {
        List<TensorInfo> outputs = plan.tensors().stream().map(PlannedTensor::output).toList();
        try (Workers workers = new Workers(options.threads());
                CheckpointStream stream = CheckpointStream.create(folder, outputs, options.maxShardBytes())) {
            TensorWriter writer = new TensorWriter(stream, workers, options.allowNonFinite(), progress);
            writeAll(plan, stream.tensors(), writer, workers);
            plan.store().verifyUnchanged();
            return stream.finish();
        }
    }

    private static void writeAll(MergePlan plan, List<TensorInfo> order, TensorWriter writer, Workers workers) {
        Map<String, PlannedTensor> byName = plan.tensors().stream()
                .collect(Collectors.toMap(tensor -> tensor.output().name(), Function.identity()));
        try {
            for (TensorInfo next : order) {
                write(Objects.requireNonNull(byName.get(next.name())), writer, workers);
            }
        } catch (InternalError unreadable) {
            // How the virtual machine reports a mapped file that became shorter while it was read.
            plan.store().verifyUnchanged();
            throw unreadable;
        }
    }

    private static void write(PlannedTensor planned, TensorWriter writer, Workers workers) {
        MergeMethod method = planned.method();
        if (method == null) {
            copy(planned, writer);
        } else if (planned.output().shape().elements() > 0) {
            merge(planned, new MethodCode(method, planned.output().name()), writer, workers);
        }
    }

    private static void merge(PlannedTensor planned, MethodCode method, TensorWriter writer, Workers workers) {
        StreamedInputs inputs = new StreamedInputs(
                planned.output().name(), planned.output().shape(), planned.sources(), workers);
        writer.blend(planned, method.prepare(inputs, planned.parameters()));
    }

    private static void copy(PlannedTensor planned, TensorWriter writer) {
        TensorSource copied = planned.sources().models().getFirst();
        MemorySegment first = copied.stored().orElseThrow();
        for (TensorSource other : planned.sources().models()) {
            if (first.mismatch(other.stored().orElseThrow()) >= 0) {
                throw new MergeException("tensor " + planned.output().name() + " has type "
                        + planned.output().dtype().torchName()
                        + ", which cannot be merged, and is not the same in "
                        + copied.model() + " and " + other.model()
                        + ". Merge models that agree in it");
            }
        }
        writer.copy(planned, first);
    }
}
