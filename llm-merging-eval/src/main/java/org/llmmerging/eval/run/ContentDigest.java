package org.llmmerging.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.Sha256;
import org.llmmerging.config.FileProblem;

/** SHA-256 of what a file or folder holds, wherever it lies. */
public final class ContentDigest {
    private ContentDigest() {}

    /**
     * Of a file its bytes, of a folder the names and bytes of all files in it.
     *
     * @throws CheckpointException when it cannot be read
     */
    public static String of(Path path) {
        try {
            return Files.isDirectory(path) ? ofFolder(path) : Sha256.hex(path);
        } catch (IOException e) {
            throw new CheckpointException(path, "cannot be read (" + FileProblem.of(e) + "). Check its permissions", e);
        }
    }

    private static String ofFolder(Path folder) throws IOException {
        StringBuilder content = new StringBuilder();
        for (Path file : FolderTree.files(folder)) {
            if (Files.isRegularFile(file)) {
                content.append(folder.relativize(file)).append(' ').append(Sha256.hex(file)).append('\n');
            }
        }
        return Sha256.hex(content.toString());
    }
}
