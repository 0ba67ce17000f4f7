package org.llmmerging.plugin;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.llmmerging.KitVersion;
import org.llmmerging.plugin.Origin.BuiltIn;
import org.pf4j.PluginWrapper;

/**
 * Everything that can be run by name: what is built in and what the plugin folders add. Both are found through the same
 * {@code META-INF/services} files, for {@link org.llmmerging.Merges}, {@link org.llmmerging.MergesProvider} and
 * {@link org.llmmerging.MergeMethod}.
 *
 * <p>A plugin is a jar directly in a plugin folder, with {@code Plugin-Id} and {@code Plugin-Version} in its manifest,
 * and optionally
 *
 * <ul>
 *   <li>{@code Plugin-Requires}, a constraint on {@link #API_VERSION} such as {@code >=0.1.0 & <0.2.0}; a bare
 *       {@code 0.1.0} means exactly that;
 *   <li>{@code Plugin-Dependencies}, ids of other plugins whose classes it uses;
 *   <li>{@code Plugin-Class}, a subclass of {@code org.pf4j.Plugin} that is started and stopped.
 * </ul>
 *
 * <p>It sees some packages of the kit, which {@code docs/how-to/write-a-plugin.md} lists, and the JDK; other libraries
 * it brings along in its own jar. A plugin that cannot be loaded is one of the {@link #failures()} and keeps no other
 * from working. A plugin runs with all the rights of the kit: load only plugins that you trust. One that calls
 * {@link System#exit} gets an exception instead, but that is a guard against accidents and none against malice: Java
 * has no means to keep code from ending the process.
 *
 * <p>Thread-safe once it is loaded. Closing it stops the plugins and closes their jars, after which nothing registered
 * by a plugin may be used; a process about to end need not bother.
 */
public final class PluginRegistry implements AutoCloseable {
    /** The version that {@code Plugin-Requires} is held against: the kit's own. */
    public static final String API_VERSION = KitVersion.current();

    /** How long one plugin may take to load. */
    public static final Duration TIME_LIMIT = Duration.ofSeconds(10);

    private final Names<RegisteredMerges> merges = new Names<>("merge");
    private final Names<RegisteredMethod> methods = new Names<>("merge method");
    private final PluginLoading loading;
    private final Consumer<String> warn;

    private PluginRegistry(PluginLoading loading, Consumer<String> warn) {
        this.loading = loading;
        this.warn = warn;
    }

    /**
     * Loads what is built in and the plugins of some folders, giving each plugin {@link #TIME_LIMIT}.
     *
     * @param pluginFolders folders that exist; of each, the files named {@code *.jar} are loaded, by name, and neither
     *     hidden files nor subfolders
     * @throws PluginException when a folder cannot be read, or a name or a plugin id is there twice
     */
    public static PluginRegistry load(List<Path> pluginFolders) {
        return load(pluginFolders, _ -> {});
    }

    /**
     * Loads as {@link #load(List)} does, for a caller who wants to know how it ends.
     *
     * @param warn given by {@link #close} a line for each plugin that fails to stop
     */
    public static PluginRegistry load(List<Path> pluginFolders, Consumer<String> warn) {
        return load(pluginFolders, TIME_LIMIT, PluginRegistry.class.getClassLoader(), warn);
    }

    /**
     * Loads as {@link #load(List)} does.
     *
     * @param timeLimit how long one plugin may take; a plugin that takes longer is a failure and its thread is left
     *     behind
     * @param host where what is built in is taken from
     */
    static PluginRegistry load(
            List<Path> pluginFolders, Duration timeLimit, ClassLoader host, Consumer<String> warn) {
        List<Path> jars = PluginFolders.jars(pluginFolders);
        PluginLoading loading = new PluginLoading(host, timeLimit);
        PluginRegistry registry = new PluginRegistry(loading, warn);
        registry.register(Services.find(host, new BuiltIn()));
        loading.load(jars);
        loading.services().forEach(registry::register);
        registry.refuseConflicts();
        return registry;
    }

    private void register(Services services) {
        services.merges().forEach(each -> merges.add(each.name(), each, each.origin()));
        services.methods().forEach(each -> methods.add(each.name(), each, each.origin()));
    }

    private void refuseConflicts() {
        List<String> conflicts = new ArrayList<>(loading.conflicts());
        conflicts.addAll(merges.conflicts());
        conflicts.addAll(methods.conflicts());
        if (!conflicts.isEmpty()) {
            close();
            throw new PluginException(String.join("\n", conflicts));
        }
    }

    /** Every entry that can be run: what is built in first, then jar by jar. */
    public Collection<RegisteredMerges> merges() {
        return merges.all();
    }

    /** The entry of that name, if there is one. */
    public Optional<RegisteredMerges> findMerges(String name) {
        return merges.find(name);
    }

    /**
     * The entry of that name.
     *
     * @throws org.llmmerging.config.ConfigException when there is none; the message suggests the nearest name and
     *     lists the plugins that failed
     */
    public RegisteredMerges requireMerges(String name) {
        return merges.require(name, failures());
    }

    /** Every merge method: what is built in first, then jar by jar. */
    public Collection<RegisteredMethod> methods() {
        return methods.all();
    }

    /**
     * The merge method of that name.
     *
     * @throws org.llmmerging.config.ConfigException when there is none; the message suggests the nearest name and
     *     lists the plugins that failed
     */
    public RegisteredMethod requireMethod(String name) {
        return methods.require(name, failures());
    }

    /** The plugins that could not be loaded. */
    public List<PluginFailure> failures() {
        return List.copyOf(loading.failures());
    }

    /**
     * Stops every plugin and closes its jar, the last one first. One that fails to stop takes nothing from what was
     * done with it: that is a warning.
     */
    @Override
    public void close() {
        List<PluginWrapper> plugins = new ArrayList<>(loading.plugins());
        for (PluginWrapper plugin : plugins.reversed()) {
            try {
                loading.close(plugin);
            } catch (RuntimeException | Error failure) {
                warn.accept(plugin.getPluginPath() + ": plugin " + plugin.getPluginId() + " failed to stop: " + failure
                        + ". Report it to the plugin's author, or take the jar out of the folder.");
            }
        }
    }
}
