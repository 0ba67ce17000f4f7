package org.llmmerging.eval.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.llmmerging.config.ConfigException;
import org.llmmerging.plugin.PluginFailure;
import org.llmmerging.plugin.PluginRegistry;
import picocli.CommandLine.Option;

/** Options of every command that runs something by name. */
final class CommonOptions {
    private final Installation installation = Installation.current();

    @Option(
            names = "--plugins",
            paramLabel = "DIR",
            description = "A further folder of plugin jars, besides plugins/. May be repeated.")
    private List<Path> plugins = new ArrayList<>();

    @Option(names = "--quiet", description = "Print no progress, only results and errors.")
    private boolean quiet;

    @Option(names = "--verbose", description = "Add the stack trace to an error message.")
    private boolean verbose;

    Installation installation() {
        return installation;
    }

    boolean isVerbose() {
        return verbose;
    }

    Messages messages() {
        return Messages.toStandardError(quiet);
    }

    /** Loads the built-in names and all plugins, and tells of those that failed. */
    PluginRegistry loadRegistry(Messages messages) {
        List<Path> folders = new ArrayList<>();
        if (Files.isDirectory(installation.plugins())) {
            folders.add(installation.plugins());
        }
        for (Path folder : plugins) {
            if (!Files.isDirectory(folder)) {
                throw new ConfigException(folder + ": is no folder. Give --plugins a folder that holds plugin jars");
            }
            folders.add(folder);
        }
        PluginRegistry registry = PluginRegistry.load(folders);
        for (PluginFailure failure : registry.failures()) {
            messages.warn("warning: " + failure.message());
        }
        return registry;
    }
}
