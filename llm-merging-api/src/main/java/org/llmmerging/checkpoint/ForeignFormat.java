package org.llmmerging.checkpoint;

import java.nio.file.Path;
import java.util.Locale;

/** Recognises what people put in place of a file of weights, to say so instead of complaining about its header. */
final class ForeignFormat {
    private ForeignFormat() {}

    /**
     * @param start the first bytes of the file, one character each
     * @throws CheckpointException when they are those of another format
     */
    static void refuse(Path file, String start) {
        if (start.startsWith("version https://git-lfs")) {
            throw new CheckpointException(file, "is a Git-LFS pointer, not the weights. Run \"git lfs pull\" in its"
                    + " folder, or download the file itself");
        }
        String text = start.stripLeading().toLowerCase(Locale.ROOT);
        if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml")) {
            throw new CheckpointException(file, "is a web page, not the weights. Download the file itself");
        }
        if (start.startsWith("GGUF")) {
            throw new CheckpointException(file, "is a GGUF file. Use the model's safetensors files");
        }
    }
}
