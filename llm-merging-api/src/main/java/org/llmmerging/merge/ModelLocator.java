package org.llmmerging.merge;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.hub.HubCache;

/**
 * Finds what a configuration names: files by their path, and the folder of a model, which is a path, seen from each of
 * a list of folders, or a repository in the Hugging Face cache. Nothing is downloaded.
 */
public final class ModelLocator {
    private final List<Path> roots;
    private final HubCache cache;
    private final Map<String, Path> stages;

    /**
     * @param roots folders that a relative path is tried in, first match wins
     * @param cache where repositories are looked up
     */
    public ModelLocator(List<Path> roots, HubCache cache) {
        this(roots, cache, Map.of());
    }

    private ModelLocator(List<Path> roots, HubCache cache, Map<String, Path> stages) {
        this.roots = List.copyOf(roots);
        this.cache = cache;
        this.stages = Map.copyOf(stages);
    }

    /** A locator that takes some names for given folders, and looks for all others as this one does. */
    public ModelLocator withStages(Map<String, Path> folders) {
        return new ModelLocator(roots, cache, folders);
    }

    /** Whether a name is one of those that are taken for given folders. */
    boolean isStage(String name) {
        return stages.containsKey(name);
    }

    /** The folders that a relative path is tried in. */
    public List<Path> roots() {
        return roots;
    }

    /**
     * @param name a folder, or {@code org/name}
     * @param revision for a repository; a folder has none
     * @throws CheckpointException when there is neither, with how to get it
     */
    public Path locate(String name, @Nullable String revision) {
        Path stage = stages.get(name);
        if (stage != null) {
            return stage;
        }
        Optional<Path> folder = find(name, Files::isDirectory);
        if (folder.isPresent()) {
            return folder.get();
        }
        return cache.snapshot(name, revision).orElseThrow(() -> missing(name, revision));
    }

    private CheckpointException missing(String name, @Nullable String revision) {
        Path path = Path.of(name.replace('\0', '?'));
        if (!HubCache.isRepositoryName(name)) {
            String where = path.isAbsolute() ? "" : " in " + roots;
            return new CheckpointException(path, "there is no such folder" + where + ". Correct the path");
        }
        return new CheckpointException(path, "there is no such folder in " + roots + ", and the Hugging Face cache "
                + cache.folder() + " has no such repository" + (revision == null ? "" : " at revision " + revision)
                + ". Correct the path, or download the repository first with: hf download " + name
                + (revision == null ? "" : " --revision " + revision));
    }

    /**
     * Finds a file or folder by a path, seen from the first of the roots that has one.
     *
     * @return nothing when there is none, also when the name is no path at all
     */
    public Optional<Path> find(String name) {
        return find(name, Files::exists);
    }

    private Optional<Path> find(String name, Predicate<Path> isIt) {
        if (name.isBlank()) {
            return Optional.empty();
        }
        try {
            Path path = Path.of(name);
            return roots.stream().map(root -> root.resolve(path).normalize()).filter(isIt).findFirst();
        } catch (InvalidPathException notAPath) {
            return Optional.empty();
        }
    }
}
