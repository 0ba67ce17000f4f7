package org.llmmerging.merge;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.Sha256;

/**
 * {@code manifest.json}: what an output was made from and the size and SHA-256 of each of its files. It is written
 * last, and says nothing of when or where, so that the same merge gives the same manifest.
 */
final class Manifest {
    static final String FILE = "manifest.json";

    private Manifest() {}

    /**
     * Describes every file that the folder has.
     *
     * @param recipe what the output was made from, in the order it is written
     * @param digests the SHA-256 of those files for which it is known
     */
    static void write(Path folder, Map<String, Object> recipe, Map<Path, String> digests) {
        ObjectNode manifest = JsonFile.object();
        recipe.forEach((key, value) -> manifest.set(key, JsonFile.tree(value)));
        ArrayNode files = manifest.putArray("files");
        try {
            for (Path file : filesOf(folder)) {
                String known = digests.get(file);
                files.addObject()
                        .put("name", folder.relativize(file).toString())
                        .put("bytes", Files.size(file))
                        .put("sha256", known == null ? Sha256.hex(file) : known);
            }
        } catch (IOException failure) {
            throw OutputException.of(folder.resolve(FILE), failure, 0);
        }
        JsonFile.write(folder.resolve(FILE), manifest);
    }

    private static List<Path> filesOf(Path folder) throws IOException {
        return FolderTree.children(folder).stream().filter(Files::isRegularFile).toList();
    }
}
