package org.llmmerging.eval.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Mergekit's {@code --device}, for commands that only merge; where a model is evaluated, the option is in use. */
final class MergeDeviceOption {
    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "No effect: merging is bound by the disk, and runs on the processor.")
    private @Nullable String device;

    void explain(Messages messages) {
        if (device != null && !device.equals("cpu")) {
            messages.say("--device has no effect: merging is bound by the disk, and runs on the processor");
        }
    }
}
