package org.llmmerging.eval.cli;

import ai.djl.Device;
import org.llmmerging.eval.model.TorchEngine;
import picocli.CommandLine.Option;

/** Where models run, for every command that runs one. */
final class DeviceOption {
    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "Where models run: cpu, cuda or cuda:N. Default: ${DEFAULT-VALUE}.")
    private String device = "cpu";

    /** @throws org.llmmerging.config.ConfigException when there is no such device */
    Device device() {
        return TorchEngine.device(device);
    }

    /** As the user wrote it. */
    String text() {
        return device;
    }
}
