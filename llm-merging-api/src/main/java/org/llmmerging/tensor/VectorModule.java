package org.llmmerging.tensor;

/**
 * The module of the Vector API. A module that is named by {@code --add-modules} is announced by a warning on standard
 * error, and keeps the JVM from starting with its archived module graph; so {@code main} does not name it, and it is
 * loaded here when the first merge asks for it. The JDK loads its own modules, such as the one for agents, in the same
 * way; the manifest of the application opens the package with {@code Add-Exports: java.base/jdk.internal.module}.
 */
final class VectorModule {
    private static final String NAME = "jdk.incubator.vector";

    /** A system property; {@code true} leaves the module out, as {@code main} does where it records classes. */
    private static final String PLAIN_LOOPS = "llm.merging.plain-loops";

    private VectorModule() {}

    /**
     * Loads the module, unless the JVM was started with it. Takes about 10 ms the first time.
     *
     * @return false where it is not wanted or cannot be had; every kernel then has its scalar form, with the same bits
     */
    static boolean load() {
        if (Boolean.getBoolean(PLAIN_LOOPS)) {
            return false;
        }
        if (ModuleLayer.boot().findModule(NAME).isPresent()) {
            return true;
        }
        try {
            Class.forName("jdk.internal.module.Modules").getMethod("loadModule", String.class).invoke(null, NAME);
            return true;
        } catch (ReflectiveOperationException | RuntimeException unavailable) {
            return false;
        }
    }
}
