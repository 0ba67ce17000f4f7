package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.llmmerging.config.FileProblem;

/**
 * An output folder that appears whole or not at all. What is to be written goes into {@link #path()}, a hidden sibling
 * of the target; {@link #commit} puts it on the disk and renames it into place; {@link #close()} without a commit
 * deletes it, and so does the end of the process by a signal. A lock beside it keeps other processes from taking it for
 * left over, on other machines too as far as the file system's locks reach.
 *
 * <p>After {@code kill -9} or a power cut, the target is the old folder or the new one. Where the file system cannot
 * exchange two folders in one step, it may also be missing with both beside it; the next {@link #create} for the same
 * target restores the old one then. It deletes what is left over, too.
 */
public final class StagedFolder implements AutoCloseable {
    private final StagingNames names;
    private final StagingClaim claim;
    private final Path path;
    private final List<Path> parents;
    private final Deletion deletion;
    private final Thread atExit;
    private boolean open = true;

    private StagedFolder(StagingNames names, StagingClaim claim, List<Path> parents, Deletion deletion) {
        this.names = names;
        this.claim = claim;
        this.path = names.path(StagingNames.NEW, claim.id());
        this.parents = parents;
        this.deletion = deletion;
        this.atExit = new Thread(this::discardQuietly, "discard-" + path.getFileName());
    }

    /** How what was replaced is deleted. */
    @FunctionalInterface
    interface Deletion {
        void delete(Path folder) throws IOException;
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
        return create(target, inputs, FolderTree::delete);
    }

    static StagedFolder create(Path target, Collection<Path> inputs, Deletion deletion) {
        StagingNames names = StagingNames.of(target);
        OutputTarget.check(names.target(), inputs);
        List<Path> parents = FolderTree.missing(names.parent());
        try {
            Files.createDirectories(names.parent());
            Leftovers.clean(names);
            OutputTarget.check(names.target(), inputs);
            StagedFolder folder = new StagedFolder(names, StagingClaim.fresh(names), parents, deletion);
            folder.begin();
            return folder;
        } catch (IOException e) {
            FolderTree.deleteEmpty(parents);
            throw OutputException.of(names.target(), e, 0);
        }
    }

    private void begin() throws IOException {
        try {
            Files.createDirectory(path);
        } catch (IOException e) {
            claim.close();
            throw e;
        }
        registerAtExit();
    }

    /**
     * Checks what {@link #create(Path, Collection)} would, without writing anything.
     *
     * @throws OutputException when it would refuse the target
     */
    public static void check(Path target, Collection<Path> inputs) {
        StagingNames names = StagingNames.of(target);
        OutputTarget.check(names.target(), inputs);
        Path folder = FolderTree.existing(names.parent());
        if (!Files.isWritable(folder)) {
            throw new OutputException(names.target(), "cannot be written: " + folder
                    + " may not be changed. Change its permissions or name another output folder");
        }
    }

    /**
     * Checks that a target holds nothing but an earlier output of the same kind, for one that is no model: models,
     * scores and whatever else is written here pass for an earlier output otherwise.
     *
     * @param files the names of all files that such an output has
     * @throws OutputException when it holds something else
     */
    public static void checkHoldsOnly(Path target, Set<String> files) {
        OutputTarget.checkHoldsOnly(StagingNames.of(target).target(), files);
    }

    /**
     * Whether the folder for a target is being written, by this process or another. Cleans up after killed processes.
     *
     * @throws IOException when that cannot be found out
     */
    public static boolean isInProgress(Path target) throws IOException {
        return !Leftovers.clean(StagingNames.of(target));
    }

    /** The folder to write into. */
    public Path path() {
        return path;
    }

    /**
     * Writes into the folder.
     *
     * @throws OutputException naming the target and what was to lie in it, when that fails
     */
    public void write(StagedContent content) {
        try {
            content.writeTo(path);
        } catch (IOException e) {
            throw OutputException.of(names.target(), e, 0);
        } catch (OutputException e) {
            throw inTarget(e);
        }
    }

    /** A failure to write into this folder as one of the target: the folder is gone when the message is read. */
    public OutputException inTarget(OutputException failure) {
        return failure.renamed(path, names.target());
    }

    /**
     * Puts everything on the disk and the folder in the target's place, and deletes what was there. That last step may
     * fail without harm to the new folder.
     *
     * @param warn given a sentence for what could not be cleaned up, which the user should know
     * @return the target
     * @throws OutputException when the folder cannot be put there; the target is then what it was before
     */
    public Path commit(Consumer<String> warn) {
        return commitUnless(() -> false, warn);
    }

    /**
     * As {@link #commit}, unless another process put the same into the target's place meanwhile. Others may be reading
     * that: it stays, and this folder is deleted.
     *
     * @param isThere whether the target holds what this folder would bring; asked last of all, and again when this
     *     folder cannot be put there
     * @return the target, which is the other process's where that was first
     * @throws OutputException when the folder cannot be put there; the target is then what it was before
     */
    public synchronized Path commitUnless(BooleanSupplier isThere, Consumer<String> warn) {
        if (!open) {
            throw new IllegalStateException(path + " is closed");
        }
        OutputTarget.check(names.target(), List.of());
        Path superfluous = path;
        boolean isTheOthers;
        try {
            FolderTree.force(path);
            boolean isTaken = Files.exists(names.target()); // what comes later is another's, and not replaced
            isTheOthers = isThere.getAsBoolean();
            if (!isTheOthers) {
                superfluous = publish(isTaken);
            }
        } catch (IOException e) {
            isTheOthers = isThere.getAsBoolean();
            if (!isTheOthers) {
                throw OutputException.of(names.target(), e, 0);
            }
        }
        open = false;
        unregisterAtExit();
        discard(superfluous, isTheOthers ? "a second copy of it" : "what it replaced", warn);
        return names.target();
    }

    /** @return where the folder lies, if there was one, whose place was taken */
    private Path publish(boolean isTaken) throws IOException {
        Path target = names.target();
        if (!isTaken) {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
            return path;
        }
        if (FolderExchange.exchange(path, target)) {
            return path;
        }
        Path aside = names.path(StagingNames.OLD, claim.id());
        Files.move(target, aside, StandardCopyOption.ATOMIC_MOVE);
        try {
            Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            try {
                Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException stays) {
                e.addSuppressed(stays);
            }
            throw e;
        }
        return aside;
    }

    /** The new folder is in place: whatever fails here takes nothing from it. */
    private void discard(Path old, String what, Consumer<String> warn) {
        String written = names.target() + " is written, but ";
        try {
            FolderTree.forceFolder(names.parent());
        } catch (IOException e) {
            warn.accept(written + "the system cannot say whether it would outlast a power cut (" + FileProblem.of(e)
                    + ")");
        }
        try {
            deletion.delete(old);
        } catch (IOException e) {
            warn.accept(written + what + " cannot be deleted (" + FileProblem.of(e) + "). Delete " + old
                    + " by hand");
        } finally {
            claim.close();
        }
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
        } catch (IOException e) {
            throw OutputException.of(path, e, 0);
        } finally {
            claim.close();
            FolderTree.deleteEmpty(parents);
        }
    }

    private synchronized void discardQuietly() {
        if (open) {
            open = false;
            FolderTree.deleteQuietly(path);
            claim.close();
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
