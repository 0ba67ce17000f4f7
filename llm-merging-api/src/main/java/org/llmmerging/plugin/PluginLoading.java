package org.llmmerging.plugin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.llmmerging.plugin.Origin.PluginJar;
import org.pf4j.PluginDependency;
import org.pf4j.PluginWrapper;

/** Loads the plugins of a list of jars, and keeps account of those that cannot be loaded. Used once, by one thread. */
final class PluginLoading {
    private final JarPlugins manager;
    private final TimeLimit timeLimit;
    private final Map<String, PluginWrapper> started = new LinkedHashMap<>();
    private final Set<String> neededIds = new HashSet<>();
    private final List<String> conflicts = new ArrayList<>();
    private final List<PluginFailure> failures = new ArrayList<>();
    private final List<Services> services = new ArrayList<>();

    PluginLoading(ClassLoader host, Duration limit) {
        this.manager = new JarPlugins(host, PluginRegistry.API_VERSION);
        this.timeLimit = new TimeLimit(limit);
    }

    void load(List<Path> jars) {
        DependencyOrder order = new DependencyOrder(manager, open(jars));
        order.problems().forEach((plugin, problem) -> fail(plugin, problem, null));
        for (PluginWrapper plugin : order.order()) {
            DependencyOrder.needed(plugin).forEach(dependency -> neededIds.add(dependency.getPluginId()));
        }
        for (PluginWrapper plugin : order.order()) {
            start(plugin);
        }
        failures.sort(Comparator.comparing(PluginFailure::jar));
    }

    /** What every plugin registers, in the order of the jars as far as dependencies allow it. */
    List<Services> services() {
        return services;
    }

    /** By jar. */
    List<PluginFailure> failures() {
        return failures;
    }

    /** The plugins that were loaded, to be {@linkplain #close closed}. */
    List<PluginWrapper> plugins() {
        return List.copyOf(started.values());
    }

    /** A line for each jar whose plugin id another jar has already. */
    List<String> conflicts() {
        return conflicts;
    }

    /** Stops a plugin and closes its jar. */
    void close(PluginWrapper plugin) {
        try {
            PluginLifecycle.stop(plugin);
        } finally {
            manager.close(plugin);
        }
    }

    private List<PluginWrapper> open(List<Path> jars) {
        List<PluginWrapper> opened = new ArrayList<>();
        for (Path jar : jars) {
            try {
                opened.add(manager.open(jar));
            } catch (RepeatedPluginException e) {
                conflicts.add(e.describe(jar));
            } catch (UnusablePluginException e) {
                failures.add(failure(jar, "", String.valueOf(e.getMessage()), e));
            }
        }
        return opened;
    }

    private void start(PluginWrapper plugin) {
        List<PluginClassLoader> dependencies = new ArrayList<>();
        for (PluginDependency dependency : plugin.getDescriptor().getDependencies()) {
            PluginWrapper other = started.get(dependency.getPluginId());
            if (other != null) {
                dependencies.add((PluginClassLoader) other.getPluginClassLoader());
            } else if (!dependency.isOptional()) {
                String id = dependency.getPluginId();
                fail(plugin, "it depends on plugin " + id + ", which could not be loaded.", null);
                return;
            }
        }
        PluginClassLoader loader = (PluginClassLoader) plugin.getPluginClassLoader();
        loader.dependOn(dependencies);
        PluginJar origin = new PluginJar(plugin.getPluginPath());
        try {
            Services found = timeLimit.call(loader, () -> {
                PluginLifecycle.start(plugin);
                return Services.find(loader, origin);
            });
            if (found.isEmpty() && !neededIds.contains(plugin.getPluginId())) {
                throw new UnusablePluginException("it registers nothing. List its classes in META-INF/services/"
                        + "org.llmmerging.Merges, org.llmmerging.MergesProvider or org.llmmerging.MergeMethod.");
            }
            services.add(found);
            started.put(plugin.getPluginId(), plugin);
        } catch (UnusablePluginException e) {
            fail(plugin, String.valueOf(e.getMessage()), e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            fail(plugin, problem(cause), cause);
        }
    }

    /** The whole chain of messages: those of the virtual machine and of ServiceLoader say little without causes. */
    private static String problem(Throwable thrown) {
        if (thrown instanceof UnusablePluginException) {
            return String.valueOf(thrown.getMessage());
        }
        boolean telling = thrown instanceof ServiceConfigurationError || thrown instanceof UnsupportedClassVersionError;
        StringBuilder text = new StringBuilder(telling ? String.valueOf(thrown.getMessage()) : thrown.toString());
        for (Throwable cause = thrown.getCause(); cause != null; cause = cause.getCause()) {
            text.append(": ").append(cause);
        }
        return text + (isMissingClass(thrown)
                ? ". A plugin sees the JDK and of the kit the packages " + String.join(", ", VisiblePackages.OF_THE_KIT)
                        + "; it must bring other libraries along in its jar."
                : ". Report it to the plugin's author, or take the jar out of the folder.");
    }

    private static boolean isMissingClass(Throwable thrown) {
        Throwable cause = thrown;
        while (cause != null && !(cause instanceof NoClassDefFoundError)) {
            cause = cause.getCause();
        }
        return cause != null;
    }

    private void fail(PluginWrapper plugin, String problem, @Nullable Throwable cause) {
        failures.add(failure(plugin.getPluginPath(), " " + plugin.getPluginId(), problem, cause));
        try {
            close(plugin);
        } catch (RuntimeException | LinkageError alsoFailed) {
            if (cause != null) {
                cause.addSuppressed(alsoFailed);
            }
        }
    }

    private static PluginFailure failure(Path jar, String id, String problem, @Nullable Throwable cause) {
        return new PluginFailure(jar, jar + ": plugin" + id + " was not loaded: " + problem, cause);
    }
}
