package org.llmmerging.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The {@code parameters} of one level of a merge configuration. Whether the method knows them is not checked here.
 * Immutable.
 *
 * @param byName in the order of the file
 */
public record Settings(Map<String, Setting> byName) {
    private static final Settings NONE = new Settings(Map.of());

    /** Copies the map. */
    public Settings {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** A level that sets nothing. */
    public static Settings none() {
        return NONE;
    }

    /** These settings and one more, which takes the place of a setting of that name. */
    public Settings with(String parameter, Setting value) {
        Map<String, Setting> extended = new LinkedHashMap<>(byName);
        extended.put(parameter, value);
        return new Settings(extended);
    }

    /** These settings and a number. */
    public Settings with(String parameter, double value, Position position) {
        return with(parameter, new Setting.Constant(value, position));
    }

    /** These settings and a switch. */
    public Settings with(String parameter, boolean value, Position position) {
        return with(parameter, new Setting.Flag(value, position));
    }
}
