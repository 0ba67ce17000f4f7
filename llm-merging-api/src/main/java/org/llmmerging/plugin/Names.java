package org.llmmerging.plugin;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.DidYouMean;
import org.llmmerging.config.Quoting;

/** What is registered of one kind, by name, in the order of registration. Immutable once it is handed out. */
final class Names<T> {
    private final String kind;
    private final Map<String, T> byName = new LinkedHashMap<>();
    private final Map<String, Origin> origins = new LinkedHashMap<>();
    private final List<String> conflicts = new ArrayList<>();

    /** @param kind what messages call it, such as {@code merge method} */
    Names(String kind) {
        this.kind = kind;
    }

    /** Registers, or notes a conflict when the name is taken. */
    void add(String name, T item, Origin origin) {
        Origin other = origins.putIfAbsent(name, origin);
        if (other == null) {
            byName.put(name, item);
        } else {
            conflicts.add("The " + kind + " '" + name + "' is registered twice: " + other.label() + " and "
                    + origin.label() + ". Rename one, or take its jar out of the folder.");
        }
    }

    /** A line for each name that was registered again. */
    List<String> conflicts() {
        return conflicts;
    }

    Collection<T> all() {
        return Collections.unmodifiableCollection(byName.values());
    }

    Optional<T> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** @throws ConfigException when there is none of that name, with the nearest one and the plugins that failed */
    T require(String name, List<PluginFailure> failures) {
        return find(name).orElseThrow(() -> {
            String remedy = byName.isEmpty() ? "There are none at all." : DidYouMean.remedy(name, byName.keySet());
            StringBuilder message = new StringBuilder(
                    "There is no " + kind + " named '" + Quoting.shortened(name) + "'. ");
            message.append(remedy.isEmpty() ? "./main list prints them all." : remedy);
            if (!failures.isEmpty()) {
                // On one line: it may become one of several problems of a configuration.
                message.append(" It may be in a plugin that failed: ")
                        .append(failures.stream().map(PluginFailure::message).collect(Collectors.joining("; ")));
            }
            return new ConfigException(message.toString());
        });
    }
}
