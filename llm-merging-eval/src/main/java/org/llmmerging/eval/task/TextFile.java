package org.llmmerging.eval.task;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.llmmerging.checkpoint.Sha256;
import org.llmmerging.config.FileProblem;

/**
 * A data file, read once, so that the digest is that of the text that is used.
 *
 * @param sha256 digest of the file's bytes, in lower-case hexadecimal
 * @param text its content as UTF-8, without a byte-order mark
 */
record TextFile(Path path, String sha256, String text) {
    private static final long LARGEST = 1L << 30;
    private static final String GIT_LFS = "version https://git-lfs.github.com";

    /** @throws DatasetException when the file is missing, unreadable, over 1 GiB or no UTF-8 text */
    static TextFile read(Path path) {
        byte[] bytes = bytes(path);
        String text = decode(path, bytes);
        if (text.startsWith(GIT_LFS)) {
            throw new DatasetException(path, "this is a Git LFS pointer in place of the data; run git lfs pull");
        }
        return new TextFile(path, Sha256.hex(bytes), text);
    }

    boolean isJson() {
        String name = path.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".json") || name.endsWith(".jsonl");
    }

    /** Whether a text can be written as UTF-8: it has no half of a surrogate pair, which escapes can spell. */
    static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private static byte[] bytes(Path path) {
        if (!Files.exists(path)) {
            throw new DatasetException(path, "there is no such file; check the path");
        }
        if (!Files.isRegularFile(path)) {
            throw new DatasetException(
                    path, "this is not a regular file; give the path of a .csv, .jsonl or .json file");
        }
        try {
            long size = Files.size(path);
            if (size > LARGEST) {
                throw new DatasetException(
                        path, "the file has " + size + " bytes; split it into files of at most 1 GiB");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new DatasetException(path,
                    "the file cannot be read (" + FileProblem.of(e) + "); check its permissions", e);
        }
    }

    private static String decode(Path path, byte[] bytes) {
        ByteBuffer input = ByteBuffer.wrap(bytes);
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            CharBuffer text = decoder.decode(input);
            return (text.length() > 0 && text.charAt(0) == '\uFEFF' ? text.subSequence(1, text.length()) : text)
                    .toString();
        } catch (CharacterCodingException e) {
            // The decoder leaves the buffer where the first wrong byte is.
            int offset = input.position();
            int line = 1;
            for (int i = 0; i < offset; i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            String problem = "line " + line + ", byte " + offset
                    + " of the file: this is not UTF-8; save the file as UTF-8";
            throw new DatasetException(path, problem, e);
        }
    }
}
