package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;

/**
 * An output folder that appears whole or not at all. What is to be written goes into {@link #path()}, a hidden sibling
 * of the target; {@link #commit()} puts it on the disk and renames it into place; {@link #close()} without a commit
 * deletes it, and so does the end of the process by a signal.
 *
 * <p>After {@code kill -9} or a power cut, the target is the old folder or the new one. Where the file system cannot
 * exchange two folders in one step, it may also be missing with both beside it; the next {@link #create} for the same
 * target restores the old one then. It deletes what is left over, too.
 */
public final class StagedFolder implements AutoCloseable {
    private final StagingNames names;
    private final Path path;
    private final List<Path> parents;
    private final Thread atExit;
    private boolean open = true;

    private StagedFolder(StagingNames names, Path path, List<Path> parents) {
        this.names = names;
        this.path = path;
        this.parents = parents;
        this.atExit = new Thread(this::discardQuietly, "discard-" + path.getFileName());
    }

    /** As {@link #create(Path, Collection)}, with no inputs to protect. */
    public static StagedFolder create(Path target) {
        return create(target, List.of());
    }

    /**
     * Creates the hidden folder, its parents where they are missing, and cleans up after killed processes.
     *
     * @param target may be missing, empty, or an earlier output with nothing else in it, which the commit replaces
     * @param inputs folders and files that are read: the target may be none of them, nor hold or lie within one
     * @throws OutputException when the target is something else, or cannot be written
     */
    public static StagedFolder create(Path target, Collection<Path> inputs) {
        StagingNames names = StagingNames.of(target);
        OutputTarget.check(names.target(), inputs);
        List<Path> parents = FolderTree.missing(names.parent());
        try {
            Files.createDirectories(names.parent());
            Leftovers.clean(names);
            OutputTarget.check(names.target(), inputs);
            Path path = Files.createDirectory(names.fresh(StagingNames.NEW));
            StagedFolder folder = new StagedFolder(names, path, parents);
            folder.registerAtExit();
            return folder;
        } catch (IOException e) {
            FolderTree.deleteEmpty(parents);
            throw OutputException.of(names.target(), e, 0);
        }
    }

    /**
     * Checks what {@link #create(Path, Collection)} would, without writing anything.
     *
     * @throws OutputException when it would refuse the target
     */
    public static void check(Path target, Collection<Path> inputs) {
        OutputTarget.check(StagingNames.of(target).target(), inputs);
    }

    /** The folder to write into. */
    public Path path() {
        return path;
    }

    /**
     * Puts everything on the disk and the folder in the target's place.
     *
     * @return the target
     * @throws OutputException when that fails; the target is then what it was before
     */
    public synchronized Path commit() {
        if (!open) {
            throw new IllegalStateException(path + " is closed");
        }
        OutputTarget.check(names.target(), List.of());
        try {
            FolderTree.force(path);
            replace();
            FolderTree.forceFolder(names.parent());
        } catch (IOException e) {
            throw OutputException.of(names.target(), e, 0);
        }
        open = false;
        unregisterAtExit();
        return names.target();
    }

    private void replace() throws IOException {
        Path target = names.target();
        if (!Files.exists(target)) {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        if (FolderExchange.exchange(path, target)) {
            FolderTree.forceFolder(names.parent());
            FolderTree.delete(path);
            return;
        }
        Path aside = names.fresh(StagingNames.OLD);
        Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            throw e;
        }
        FolderTree.forceFolder(names.parent());
        FolderTree.delete(aside);
    }

    /** Deletes what was not committed, and the parents that were created for it. */
    @Override
    public synchronized void close() {
        if (!open) {
            return;
        }
        open = false;
        unregisterAtExit();
        try {
            FolderTree.delete(path);
            FolderTree.deleteEmpty(parents);
        } catch (IOException e) {
            throw OutputException.of(path, e, 0);
        }
    }

    private synchronized void discardQuietly() {
        if (open) {
            open = false;
            FolderTree.deleteQuietly(path);
            FolderTree.deleteEmpty(parents);
        }
    }

    private void registerAtExit() {
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            close();
            throw new OutputException(names.target(), "is not written: the process is ending", e);
        }
    }

    private void unregisterAtExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The process is ending: the hook runs, finds the folder closed, and does nothing.
        }
    }
}
