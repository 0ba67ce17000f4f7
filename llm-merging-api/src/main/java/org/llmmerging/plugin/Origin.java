package org.llmmerging.plugin;

import java.nio.file.Path;

/** Where a registered name comes from. */
public sealed interface Origin {

    /** What {@code ./main list} shows: {@code built in}, or the jar. */
    String label();

    /** Registered by a class on the kit's own class path. */
    record BuiltIn() implements Origin {
        @Override
        public String label() {
            return "built in";
        }
    }

    /**
     * Registered by a plugin.
     *
     * @param jar the plugin's jar
     */
    record PluginJar(Path jar) implements Origin {
        @Override
        public String label() {
            return jar.toString();
        }
    }
}
