package org.llmmerging.plugin;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pf4j.PluginDependency;
import org.pf4j.PluginWrapper;

/** Puts plugins after those they depend on, and says what is wrong with the ones that cannot be placed. */
final class DependencyOrder {
    private final JarPlugins manager;
    private final Map<String, PluginWrapper> all = new LinkedHashMap<>();
    private final Map<String, PluginWrapper> placed = new LinkedHashMap<>();
    private final Map<PluginWrapper, String> problems = new LinkedHashMap<>();

    /** @param plugins in the order to keep where dependencies allow it */
    DependencyOrder(JarPlugins manager, List<PluginWrapper> plugins) {
        this.manager = manager;
        plugins.forEach(plugin -> all.put(plugin.getPluginId(), plugin));
        place(new ArrayList<>(plugins));
    }

    /** The plugins whose dependencies are all there, each after those. */
    List<PluginWrapper> order() {
        return List.copyOf(placed.values());
    }

    /** The other plugins, and why. */
    Map<PluginWrapper, String> problems() {
        return problems;
    }

    /** The dependencies that a plugin cannot do without. */
    static List<PluginDependency> needed(PluginWrapper plugin) {
        return plugin.getDescriptor().getDependencies().stream()
                .filter(dependency -> !dependency.isOptional())
                .toList();
    }

    private void place(List<PluginWrapper> waiting) {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Iterator<PluginWrapper> each = waiting.iterator(); each.hasNext();) {
                PluginWrapper plugin = each.next();
                String problem = problem(plugin);
                if (problem != null) {
                    problems.put(plugin, problem);
                } else if (needed(plugin).stream().map(PluginDependency::getPluginId).allMatch(placed::containsKey)) {
                    placed.put(plugin.getPluginId(), plugin);
                } else {
                    continue;
                }
                each.remove();
                changed = true;
            }
        }
        for (PluginWrapper plugin : waiting) {
            problems.put(plugin, "its dependencies form a cycle (" + cycle(plugin)
                    + "). Remove one of these from its Plugin-Dependencies.");
        }
    }

    private @Nullable String problem(PluginWrapper plugin) {
        for (PluginDependency needed : needed(plugin)) {
            PluginWrapper other = all.get(needed.getPluginId());
            if (other == null || problems.containsKey(other)) {
                return "it depends on plugin " + needed.getPluginId() + ", which "
                        + (other == null ? "is not there" : "cannot be used") + ". Put that plugin beside it.";
            }
            String version = other.getDescriptor().getVersion();
            if (!manager.satisfies(version, needed.getPluginVersionSupport())) {
                return "it depends on version " + needed.getPluginVersionSupport() + " of plugin "
                        + needed.getPluginId() + ", which is there in version " + version + ". Replace one of the two.";
            }
        }
        return null;
    }

    /** Follows the first dependency that could not be placed until a plugin comes again. */
    private String cycle(PluginWrapper start) {
        List<String> path = new ArrayList<>();
        String id = start.getPluginId();
        while (!path.contains(id)) {
            path.add(id);
            PluginWrapper plugin = all.get(id);
            if (plugin == null) {
                break;
            }
            id = needed(plugin).stream()
                    .map(PluginDependency::getPluginId)
                    .filter(next -> !placed.containsKey(next))
                    .findFirst()
                    .orElse(id);
        }
        path.add(id);
        return String.join(" -> ", path);
    }
}
