package org.llmmerging.plugin;

import java.util.List;
import java.util.Set;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.config.JsonProblem;

/**
 * What a plugin may link against, besides the JDK: the packages that the service-provider interface is made of, what
 * their signatures mention, and the methods and metrics to build on. Everything else may change from one version to the
 * next. The last section of {@code docs/how-to/write-a-plugin.md} lists the same packages.
 */
final class VisiblePackages {
    /** Those of the kit. */
    static final List<String> OF_THE_KIT = List.of(
            "org.llmmerging", "org.llmmerging.checkpoint", "org.llmmerging.config", "org.llmmerging.tensor",
            "org.llmmerging.method", "org.llmmerging.eval", "org.llmmerging.eval.metric");

    /** Those of libraries: {@code org.pf4j} has the class {@code Plugin}, which has a logger. */
    private static final Set<String> OF_LIBRARIES = Set.of("org.pf4j", "org.slf4j", "org.jspecify.annotations");

    /** No package of an author's, but what {@link ExitGuard} itself puts into a plugin's classes. */
    private static final String GUARD = ExitGuard.class.getName();

    /** Those classes of the packages whose signatures mention a library that a plugin does not see. */
    private static final Set<String> HIDDEN = Set.of(JsonFile.class.getName(), JsonProblem.class.getName());

    private VisiblePackages() {}

    /** Whether a plugin sees the kit's class of that name. */
    static boolean contain(String className) {
        String packageName = className.substring(0, Math.max(0, className.lastIndexOf('.')));
        return (OF_THE_KIT.contains(packageName) && !HIDDEN.contains(className)) || OF_LIBRARIES.contains(packageName)
                || className.equals(GUARD);
    }
}
