package org.llmmerging.plugin;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import org.pf4j.Plugin;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;

/** Starts and stops a plugin whose manifest names a {@code Plugin-Class}. Most name none and need none. */
final class PluginLifecycle {

    private PluginLifecycle() {}

    /** Makes the {@code Plugin-Class} and calls its {@code start}, if there is one. Runs the plugin's code. */
    static void start(PluginWrapper plugin) {
        if (hasPluginClass(plugin)) {
            plugin.getPlugin().start();
        }
        plugin.setPluginState(PluginState.STARTED);
    }

    /** Calls {@code stop} of a {@code Plugin-Class} that was started. */
    static void stop(PluginWrapper plugin) {
        if (hasPluginClass(plugin) && plugin.getPluginState() == PluginState.STARTED) {
            plugin.setPluginState(PluginState.STOPPED);
            plugin.getPlugin().stop();
        }
    }

    private static boolean hasPluginClass(PluginWrapper plugin) {
        String name = plugin.getDescriptor().getPluginClass();
        return name != null && !name.equals(Plugin.class.getName());
    }

    /** Calls the constructor that pf4j documents, taking the wrapper, or else the one without arguments. */
    static Plugin create(PluginWrapper plugin) {
        String name = plugin.getDescriptor().getPluginClass();
        try {
            Class<? extends Plugin> type = plugin.getPluginClassLoader().loadClass(name).asSubclass(Plugin.class);
            try {
                Constructor<? extends Plugin> withWrapper = type.getConstructor(PluginWrapper.class);
                return withWrapper.newInstance(plugin);
            } catch (NoSuchMethodException e) {
                return type.getConstructor().newInstance();
            }
        } catch (InvocationTargetException e) {
            throw new UnusablePluginException(
                    "its Plugin-Class " + name + " could not be instantiated: " + e.getCause() + ".", e.getCause());
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new UnusablePluginException("its Plugin-Class " + name
                    + " must be a public subclass of org.pf4j.Plugin with a public constructor (" + e + ").", e);
        }
    }
}
