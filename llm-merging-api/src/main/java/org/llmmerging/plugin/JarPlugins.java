package org.llmmerging.plugin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.JarPluginRepository;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginState;
import org.pf4j.PluginStatusProvider;
import org.pf4j.PluginWrapper;
import org.pf4j.ServiceProviderExtensionFinder;
import org.pf4j.VersionManager;

/**
 * pf4j's plugin manager with everything taken out that logs and goes on, unpacks archives or keeps state in the plugin
 * folder. What is left: manifests, version constraints, and the life cycle of a {@code Plugin-Class}.
 */
final class JarPlugins extends AbstractPluginManager {
    private final ClassLoader host;

    /** @param host loader of the kit's classes */
    JarPlugins(ClassLoader host, String apiVersion) {
        super(List.of());
        this.host = host;
        setSystemVersion(apiVersion);
        setExactVersionAllowed(true);
    }

    /**
     * Reads a jar's manifest and makes its class loader. Runs no code of the plugin.
     *
     * @throws UnusablePluginException when this is no plugin, or one for another version of the kit
     * @throws RepeatedPluginException when an open jar has the same plugin id
     */
    PluginWrapper open(Path jar) {
        PluginWrapper plugin;
        try {
            plugin = loadPluginFromPath(jar);
        } catch (UnusablePluginException | RepeatedPluginException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new UnusablePluginException(
                    "its manifest cannot be used (" + e.getMessage() + "). Correct it and build the plugin again.", e);
        }
        if (plugin.getPluginState() == PluginState.DISABLED) {
            close(plugin);
            throw new UnusablePluginException("it requires llm-merging " + plugin.getDescriptor().getRequires()
                    + ", and this is " + getSystemVersion() + ". Install a version of the plugin made for this one.");
        }
        return plugin;
    }

    @Override
    protected void validatePluginDescriptor(PluginDescriptor descriptor) {
        PluginWrapper other = plugins.get(descriptor.getPluginId());
        if (other != null) {
            throw new RepeatedPluginException(descriptor.getPluginId(), other.getPluginPath());
        }
    }

    /** Forgets a plugin and closes its jar. */
    void close(PluginWrapper plugin) {
        plugins.remove(plugin.getPluginId());
        unresolvedPlugins.remove(plugin);
        if (pluginClassLoaders.remove(plugin.getPluginId()) instanceof PluginClassLoader loader) {
            try {
                loader.close();
            } catch (IOException e) {
                throw new UnusablePluginException("the jar cannot be closed (" + e.getMessage() + ").", e);
            }
        }
    }

    /** The version constraint of a dependency, checked. */
    boolean satisfies(String version, String constraint) {
        return getVersionManager().checkVersionConstraint(version, constraint);
    }

    @Override
    protected PluginDescriptorFinder createPluginDescriptorFinder() {
        return new PluginDescriptorReader();
    }

    @Override
    protected PluginLoader createPluginLoader() {
        return new PluginLoader() {
            @Override
            public boolean isApplicable(Path jar) {
                return true;
            }

            @Override
            public ClassLoader loadPlugin(Path jar, PluginDescriptor descriptor) {
                try {
                    return new PluginClassLoader(descriptor.getPluginId(), jar, host);
                } catch (IOException e) {
                    throw new UnusablePluginException("the jar cannot be read (" + e.getMessage() + ").", e);
                }
            }
        };
    }

    @Override
    protected PluginFactory createPluginFactory() {
        return PluginLifecycle::create;
    }

    /** Not asked: services come from {@link java.util.ServiceLoader}, which unlike pf4j's finder fails loudly. */
    @Override
    protected ExtensionFinder createExtensionFinder() {
        return new ServiceProviderExtensionFinder(this);
    }

    @Override
    protected ExtensionFactory createExtensionFactory() {
        return new DefaultExtensionFactory();
    }

    /** Not asked: {@link PluginFolders} lists the jars. */
    @Override
    protected PluginRepository createPluginRepository() {
        return new JarPluginRepository(List.of());
    }

    /** No plugin is ever disabled by a file in the folder; taking its jar away is how that is done. */
    @Override
    protected PluginStatusProvider createPluginStatusProvider() {
        return new PluginStatusProvider() {
            @Override
            public boolean isPluginDisabled(String pluginId) {
                return false;
            }

            @Override
            public void disablePlugin(String pluginId) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void enablePlugin(String pluginId) {
                throw new UnsupportedOperationException();
            }
        };
    }

    @Override
    protected VersionManager createVersionManager() {
        return new DefaultVersionManager();
    }
}
