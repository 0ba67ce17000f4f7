package org.llmmerging.eval.train.starter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.checkpoint.Sha256;

/** Size and SHA-256 of every file below a folder. */
final class FileHashes {
    private FileHashes() {}

    /**
     * @param folder read in whole
     * @return for each file, by its path from the folder with forward slashes and in that order, {@code bytes} and
     *     {@code sha256} in hexadecimal
     */
    static ObjectNode of(Path folder) throws IOException {
        ObjectNode hashes = JsonFile.object();
        for (String name : names(folder)) {
            ObjectNode file = hashes.putObject(name);
            file.put("bytes", Files.size(folder.resolve(name)));
            file.put("sha256", Sha256.hex(folder.resolve(name)));
        }
        return hashes;
    }

    private static List<String> names(Path folder) throws IOException {
        return FolderTree.files(folder).stream()
                .filter(Files::isRegularFile)
                .map(path -> folder.relativize(path).toString().replace('\\', '/'))
                .sorted()
                .toList();
    }
}
