package org.llmmerging.plugin;

import java.nio.file.Path;

/** A jar has the plugin id of one that is open already. */
final class RepeatedPluginException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String pluginId;
    private final transient Path first;

    RepeatedPluginException(String pluginId, Path first) {
        super(pluginId);
        this.pluginId = pluginId;
        this.first = first;
    }

    /** @param second the other jar of that id */
    String describe(Path second) {
        return "Plugin id " + pluginId + " is there twice, in " + first + " and in " + second
                + ". Take one of the two jars out of the folder.";
    }
}
