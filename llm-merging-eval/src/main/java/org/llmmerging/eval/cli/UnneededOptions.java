package org.llmmerging.eval.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * Options of mergekit-yaml that would change nothing here. They are taken, so that command lines for mergekit work, and
 * each says in one line why it is not needed.
 */
final class UnneededOptions {
    private static final String ON_PROCESSOR = "Merging runs on the processor.";
    static final String PROCESSOR = "merging is bound by the disk, and runs on the processor";

    @Option(names = "--lazy-unpickle", negatable = true, description = "Weights are mapped, never unpickled.")
    private boolean lazyUnpickle;

    @Option(names = "--lazy-loader", negatable = true, description = "Weights are read as they are needed.")
    private boolean lazyLoader;

    @Option(names = "--low-cpu-memory", negatable = true, description = "Memory does not grow with the models.")
    private boolean lowCpuMemory;

    @Option(names = "--clone-tensors", negatable = true, description = "A layer used twice is written twice.")
    private boolean cloneTensors;

    @Option(names = "--trust-remote-code", negatable = true, description = "No code of a model is ever run.")
    private boolean trustRemoteCode;

    @Option(names = "--cuda", negatable = true, description = ON_PROCESSOR)
    private boolean cuda;

    @Option(names = "--gpu-rich", negatable = true, description = ON_PROCESSOR)
    private boolean gpuRich;

    @Option(names = "--read-to-gpu", negatable = true, description = ON_PROCESSOR)
    private boolean readToGpu;

    @Option(names = "--multi-gpu", negatable = true, description = ON_PROCESSOR)
    private boolean multiGpu;

    @Option(
            names = "--lora-merge-cache",
            paramLabel = "DIR",
            description = "Adapters are applied while reading.")
    private @Nullable String loraMergeCache;

    @Option(
            names = "--safe-serialization",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "The output is always safetensors.")
    private boolean safeSerialization;

    @Option(
            names = "--async-write",
            negatable = true,
            description = "A thread of its own writes while the others merge.")
    private boolean asyncWrite;

    @Option(
            names = "--write-threads",
            paramLabel = "N",
            description = "A thread of its own writes while the others merge.")
    private @Nullable Integer writeThreads;

    /** Says of every option that was given why it is not needed. */
    void explain(Messages messages) {
        explain(lazyUnpickle, "--lazy-unpickle", "weights are mapped from their files, never unpickled", messages);
        explain(lazyLoader, "--lazy-loader", "weights are always read only when they are needed", messages);
        explain(lowCpuMemory, "--low-cpu-memory", "the memory needed does not grow with the models", messages);
        explain(cloneTensors, "--clone-tensors", "a layer that is used twice is always written twice", messages);
        explain(trustRemoteCode, "--trust-remote-code", "no code that comes with a model is ever run", messages);
        explain(cuda, "--cuda", PROCESSOR, messages);
        explain(gpuRich, "--gpu-rich", PROCESSOR, messages);
        explain(readToGpu, "--read-to-gpu", PROCESSOR, messages);
        explain(multiGpu, "--multi-gpu", PROCESSOR, messages);
        explain(
                loraMergeCache != null,
                "--lora-merge-cache",
                "adapters are applied while the weights are read, and nothing is kept of them",
                messages);
        explain(!safeSerialization, "--no-safe-serialization", "the output is always safetensors", messages);
        explain(asyncWrite, "--async-write", "a thread of its own writes while the others merge", messages);
        explain(writeThreads != null, "--write-threads", "a thread of its own writes while the others merge", messages);
    }

    private static void explain(boolean given, String option, String reason, Messages messages) {
        if (given) {
            messages.say(option + " has no effect: " + reason);
        }
    }
}
