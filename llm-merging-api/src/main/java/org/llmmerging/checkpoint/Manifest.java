package org.llmmerging.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code manifest.json}: what a folder was made from and the size and SHA-256 of each of its files. It is written last,
 * and says nothing of when or where, so that the same merge gives the same manifest. Immutable.
 */
public final class Manifest {
    /** Its name in the folder that it describes. */
    public static final String FILE = "manifest.json";

    private static final String FILES = "files";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode content;

    private Manifest(JsonNode content) {
        this.content = content;
    }

    /**
     * A file that is described.
     *
     * @param name its path from the folder, with forward slashes
     * @param bytes its size, −1 where the manifest does not say
     * @param sha256 in hexadecimal, empty where the manifest does not say
     */
    public record Entry(String name, long bytes, String sha256) {}

    /**
     * Describes every file in a folder and in the folders within it.
     *
     * @param origin what the folder was made from, in the order it is written
     * @param digests the SHA-256 of those files for which it is known
     * @throws OutputException when a file cannot be read, or this one not written
     */
    public static void write(Path folder, Map<String, Object> origin, Map<Path, String> digests) {
        ObjectNode manifest = JsonFile.object();
        origin.forEach((key, value) -> manifest.set(key, JsonFile.tree(value)));
        ArrayNode files = manifest.putArray(FILES);
        try {
            for (Path file : FolderTree.files(folder)) {
                if (Files.isRegularFile(file)) {
                    String known = digests.get(file);
                    files.addObject()
                            .put("name", folder.relativize(file).toString().replace(File.separatorChar, '/'))
                            .put("bytes", Files.size(file))
                            .put("sha256", known == null ? Sha256.hex(file) : known);
                }
            }
        } catch (IOException failure) {
            throw OutputException.of(folder.resolve(FILE), failure, 0);
        }
        JsonFile.write(folder.resolve(FILE), manifest);
    }

    /**
     * The manifest of a folder.
     *
     * @return nothing when there is none, or what has its name is no JSON or too large
     * @throws IOException when it cannot be read
     */
    public static Optional<Manifest> read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file) || Files.size(file) > StrictJson.MAX_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Manifest(JSON.readTree(Files.readAllBytes(file))));
        } catch (JsonProcessingException damaged) {
            return Optional.empty();
        }
    }

    /** What it says under a key, empty when nothing. */
    public String text(String key) {
        return content.path(key).asText();
    }

    /** Whether it says something under a key. */
    public boolean has(String key) {
        return content.has(key);
    }

    /** Whether it describes files at all. */
    public boolean hasFiles() {
        return content.path(FILES).isArray();
    }

    /** The files that it describes, none where it describes none. */
    public List<Entry> files() {
        List<Entry> files = new ArrayList<>();
        if (hasFiles()) {
            content.path(FILES).forEach(file -> files.add(new Entry(
                    file.path("name").asText(), file.path("bytes").asLong(-1), file.path("sha256").asText())));
        }
        return files;
    }
}
