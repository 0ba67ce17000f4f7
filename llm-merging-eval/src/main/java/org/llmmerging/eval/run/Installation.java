package org.llmmerging.eval.run;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.ModelLocator;

/**
 * Where this copy of the kit lies, and so where its default configurations, models, data and plugins are. The launcher
 * passes the folder in the system property {@value #HOME_PROPERTY}; without it the working folder is taken.
 *
 * @param home the repository's root
 */
public record Installation(Path home) {
    /** Names the repository's root. */
    public static final String HOME_PROPERTY = "llm.merging.home";

    public static Installation current() {
        return new Installation(Path.of(System.getProperty(HOME_PROPERTY, "")).toAbsolutePath().normalize());
    }

    public Path configs() {
        return home.resolve("configs");
    }

    public Path plugins() {
        return home.resolve("plugins");
    }

    /**
     * Finds models by paths seen from the working folder, then from the repository, and repositories in the user's
     * cache.
     */
    public ModelLocator modelLocator() {
        return modelLocator(hubCache());
    }

    /** The user's Hugging Face cache. */
    public HubCache hubCache() {
        return HubCache.of(System.getenv(), Path.of(System.getProperty("user.home", "")));
    }

    /**
     * Finds models by paths seen from the working folder, then from the repository, and repositories in a given cache.
     */
    public ModelLocator modelLocator(HubCache cache) {
        return new ModelLocator(Stream.of(Path.of("").toAbsolutePath(), home).distinct().toList(), cache);
    }

    public Path validationSets() {
        return home.resolve("data").resolve("validation");
    }
}
