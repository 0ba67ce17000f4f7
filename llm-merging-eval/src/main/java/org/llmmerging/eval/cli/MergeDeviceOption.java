package org.llmmerging.eval.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Mergekit's {@code --device}, for commands that run no model; where a model is evaluated, the option is in use. */
final class MergeDeviceOption {
    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "No effect: this runs on the processor.")
    private @Nullable String device;

    private final String reason;

    /** @param reason why it has none */
    MergeDeviceOption(String reason) {
        this.reason = reason;
    }

    void explain(Messages messages) {
        if (device != null && !device.equals("cpu")) {
            messages.say("--device has no effect: " + reason);
        }
    }
}
