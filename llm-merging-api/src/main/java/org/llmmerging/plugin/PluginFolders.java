package org.llmmerging.plugin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.config.FileProblem;

/** Lists plugin folders. */
final class PluginFolders {

    private PluginFolders() {}

    /**
     * Everything named {@code *.jar} directly in the folders, hidden files excepted: folder by folder, by name. A
     * folder that is given twice, under whatever path, counts once.
     *
     * @throws PluginException when a folder does not exist, is no folder or cannot be read
     */
    static List<Path> jars(List<Path> folders) {
        List<Path> jars = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        for (Path folder : folders) {
            if (!Files.isDirectory(folder)) {
                throw new PluginException(folder + ": there is no such folder of plugins. Create it, or name another.");
            }
            try {
                if (seen.add(folder.toRealPath())) {
                    jars.addAll(jarsOf(folder));
                }
            } catch (IOException e) {
                throw new PluginException(
                        folder + ": the folder of plugins cannot be read (" + FileProblem.of(e)
                                + "). Check its permissions.",
                        e);
            }
        }
        return jars;
    }

    private static List<Path> jarsOf(Path folder) throws IOException {
        return FolderTree.children(folder).stream().filter(PluginFolders::isJar).toList();
    }

    private static boolean isJar(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".") && name.toLowerCase(Locale.ROOT).endsWith(".jar");
    }
}
