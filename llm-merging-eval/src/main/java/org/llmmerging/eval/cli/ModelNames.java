package org.llmmerging.eval.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.config.ConfigException;

/** Names of model folders: the last of each path, and as many before it as it takes to tell them apart. */
final class ModelNames {
    private ModelNames() {}

    /**
     * Names folders.
     *
     * @param folders absolute and normalised
     * @return name → folder, in the order given
     * @throws ConfigException when a folder is given twice, or is the root of the file system
     */
    static Map<String, Path> of(List<Path> folders) {
        int longest = folders.stream().mapToInt(Path::getNameCount).max().orElse(0);
        for (int parts = 1; parts <= longest; parts++) {
            Map<String, Path> named = named(folders, parts);
            if (named.size() == folders.size()) {
                return named;
            }
        }
        throw new ConfigException("the model folders " + folders + " cannot be told apart. Give each one once");
    }

    private static Map<String, Path> named(List<Path> folders, int parts) {
        Map<String, Path> named = new LinkedHashMap<>();
        for (Path folder : folders) {
            int count = folder.getNameCount();
            List<String> names = new ArrayList<>();
            for (int part = Math.max(0, count - parts); part < count; part++) {
                names.add(folder.getName(part).toString());
            }
            named.putIfAbsent(String.join("-", names), folder);
        }
        return named;
    }
}
