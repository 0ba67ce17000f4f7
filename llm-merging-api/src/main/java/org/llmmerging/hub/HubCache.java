package org.llmmerging.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The cache in which Hugging Face tools keep what they downloaded, read-only:
 * {@code models--org--name/refs/REVISION} holds a commit, {@code models--org--name/snapshots/COMMIT} the files; data
 * sets lie beside the models in {@code datasets--org--name}.
 * The layout is that of <a href="https://huggingface.co/docs/huggingface_hub/guides/manage-cache">huggingface_hub</a>.
 */
public final class HubCache {
    private static final Pattern REPOSITORY = Pattern
            .compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?");
    private static final String SNAPSHOTS = "snapshots";
    private static final String DEFAULT_REVISION = "main";

    /** A commit, a tag or a branch: never a path of its own. */
    private static final Pattern REVISION = Pattern.compile("\\w[\\w./-]*");

    private final Path folder;

    /** A cache in a given folder, which need not exist. */
    public HubCache(Path folder) {
        this.folder = folder;
    }

    /**
     * The cache that huggingface_hub would use: {@code HF_HUB_CACHE}, else {@code HUGGINGFACE_HUB_CACHE}, else
     * {@code hub} in {@code HF_HOME}, else {@code huggingface/hub} in {@code XDG_CACHE_HOME}, else
     * {@code ~/.cache/huggingface/hub}.
     *
     * @param environment environment variables
     * @param home the user's home folder
     */
    public static HubCache of(Map<String, String> environment, Path home) {
        for (String variable : new String[] {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
            String value = environment.getOrDefault(variable, "");
            if (!value.isBlank()) {
                return new HubCache(expanded(value, home));
            }
        }
        String hubHome = environment.getOrDefault("HF_HOME", "");
        if (!hubHome.isBlank()) {
            return new HubCache(expanded(hubHome, home).resolve("hub"));
        }
        String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path parent = caches.isBlank() ? home.resolve(".cache") : expanded(caches, home);
        return new HubCache(parent.resolve("huggingface").resolve("hub"));
    }

    /** As huggingface_hub reads a path: {@code ~} at its start is the home folder. */
    private static Path expanded(String path, Path home) {
        return path.equals("~") || path.startsWith("~/")
                ? home.resolve(path.substring(Math.min(2, path.length())))
                : Path.of(path);
    }

    /** Where the cache is. */
    public Path folder() {
        return folder;
    }

    /**
     * The folder of a downloaded model.
     *
     * @param repository {@code org/name}
     * @param revision branch, tag or commit; null for {@code main}
     */
    public Optional<Path> snapshot(String repository, @Nullable String revision) {
        return snapshot("models--", repository, revision);
    }

    /**
     * The folder of a downloaded data set, {@code datasets--org--name/snapshots/COMMIT}.
     *
     * @param repository {@code org/name}
     * @param revision branch, tag or commit; null for {@code main}
     */
    public Optional<Path> datasetSnapshot(String repository, @Nullable String revision) {
        return snapshot("datasets--", repository, revision);
    }

    /** Whether a repository can have this name: {@code name} or {@code org/name}. */
    public static boolean isRepositoryName(String name) {
        return REPOSITORY.matcher(name).matches();
    }

    /** The commit whose files a folder holds, where it is a snapshot in a cache. */
    public static Optional<String> commitOf(Path folder) {
        Path snapshots = folder.getParent();
        boolean isSnapshot = snapshots != null && snapshots.endsWith(SNAPSHOTS) && folder.getNameCount() > 2
                && String.valueOf(folder.getName(folder.getNameCount() - 3)).contains("--");
        return isSnapshot ? Optional.of(String.valueOf(folder.getFileName())) : Optional.empty();
    }

    private Optional<Path> snapshot(String kind, String repository, @Nullable String revision) {
        if (!isRepositoryName(repository)) {
            return Optional.empty();
        }
        Path model = folder.resolve(kind + repository.replace("/", "--"));
        Path snapshots = model.resolve(SNAPSHOTS);
        String wanted = revision == null ? DEFAULT_REVISION : revision;
        if (!REVISION.matcher(wanted).matches() || wanted.contains("..")) {
            return Optional.empty();
        }
        Path byCommit = snapshots.resolve(wanted);
        if (Files.isDirectory(byCommit)) {
            return Optional.of(byCommit);
        }
        Path reference = model.resolve("refs").resolve(wanted);
        if (!Files.isRegularFile(reference)) {
            return Optional.empty();
        }
        try {
            return Optional.of(snapshots.resolve(Files.readString(reference).strip())).filter(Files::isDirectory);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }
}
