package org.llmmerging.eval.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.llmmerging.config.ConfigException;
import org.llmmerging.eval.run.Installation;
import org.llmmerging.plugin.PluginFailure;
import org.llmmerging.plugin.PluginRegistry;
import picocli.CommandLine.Option;

/** Which plugins a command knows. */
final class RegistryOptions {
    @Option(
            names = "--plugins",
            paramLabel = "DIR",
            description = "A further folder of plugin jars, besides plugins/. May be repeated.")
    private List<Path> plugins = new ArrayList<>();

    /** Loads the built-in names and all plugins, and reports those that failed. */
    PluginRegistry load(Messages messages) {
        List<Path> folders = new ArrayList<>();
        Path home = Installation.current().plugins();
        if (Files.isDirectory(home)) {
            folders.add(home);
        }
        for (Path folder : plugins) {
            if (!Files.isDirectory(folder)) {
                throw new ConfigException(folder + ": is no folder. Give --plugins a folder that holds plugin jars");
            }
            folders.add(folder);
        }
        PluginRegistry registry = PluginRegistry.load(folders, problem -> messages.warn("warning: " + problem));
        for (PluginFailure failure : registry.failures()) {
            messages.warn("warning: " + failure.message());
        }
        return registry;
    }
}
