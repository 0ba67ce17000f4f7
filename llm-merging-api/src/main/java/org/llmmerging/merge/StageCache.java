package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.Manifest;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.RealPath;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.FileProblem;

/**
 * Where the stages of a merge are kept until its result is written. Each has a folder of its own, named after the stage
 * and the hash of its recipe, that appears whole or not at all; so one that is there and says the same recipe is
 * finished, and a stage whose recipe changed lies elsewhere.
 */
public final class StageCache {
    static final String RECIPE = "recipe";

    private static final int SHOWN_DIGITS = 16;
    /** Of a name; what stands around it must still fit into the 255 bytes that systems allow. */
    private static final int SHOWN_CHARACTERS = 100;

    private final Path folder;
    private final boolean keeps;

    private StageCache(Path folder, boolean keeps) {
        this.folder = folder;
        this.keeps = keeps;
    }

    /**
     * The hidden folder {@code .NAME.stages} beside an output folder.
     *
     * @param keeps whether stages stay when the result is written
     */
    public static StageCache beside(Path output, boolean keeps) {
        Path absolute = output.toAbsolutePath().normalize();
        return new StageCache(absolute.resolveSibling("." + absolute.getFileName() + ".stages"), keeps);
    }

    /** A folder of the user's, in which stages always stay. */
    public static StageCache in(Path folder) {
        return new StageCache(folder.toAbsolutePath().normalize(), true);
    }

    /** Where a stage is written, if it is not there. */
    Path folderOf(String stage, String hash) {
        String visible = plain(stage).replaceFirst("^\\.+", "_");
        return folder.resolve(visible + "-" + hash.substring(0, SHOWN_DIGITS));
    }

    /** As much of a stage's name as can be part of a folder's on every system. */
    static String plain(String stage) {
        String plain = stage.replaceAll("[^A-Za-z0-9._-]", "_");
        return plain.substring(0, Math.min(plain.length(), SHOWN_CHARACTERS));
    }

    /** Whether a folder holds the finished stage of that recipe, with all files that its manifest lists. */
    boolean isFinished(Path stage, String hash) {
        try {
            Optional<Manifest> manifest = Manifest.read(stage);
            boolean whole = manifest.isPresent() && manifest.get().text(RECIPE).equals(hash);
            for (Manifest.Entry file : manifest.map(Manifest::files).orElse(List.of())) {
                Path path = stage.resolve(file.name());
                whole &= Files.isRegularFile(path) && Files.size(path) == file.bytes();
            }
            return whole;
        } catch (IOException failure) {
            throw new CheckpointException(stage.resolve(Manifest.FILE), "cannot be read: " + FileProblem.of(failure)
                    + ". It is of a stage that"
                    + " an earlier run left: make its folder readable, or keep stages elsewhere with --stage-cache",
                    failure);
        }
    }

    /**
     * Where a stage is to be written.
     *
     * @throws OutputException when the place is taken or cannot be written, saying that it is a stage's
     */
    StagedFolder create(Path target, String stage) {
        try {
            return StagedFolder.create(target);
        } catch (OutputException refused) {
            throw cannotBeKept(target, stage, refused);
        }
    }

    /**
     * Whether a stage may be written into a place, as far as can be said before it is merged.
     *
     * @param output the result's folder: with a stage in it, it would hold more than an earlier output and be refused
     * @param inputs folders that are read
     * @throws OutputException when it may not, saying that the place is a stage's
     */
    void check(Path target, String stage, Path output, Collection<Path> inputs) {
        try {
            if (RealPath.of(target).startsWith(RealPath.of(output))) {
                throw new OutputException(target, "lies within the output " + output + ". Name another output folder");
            }
            StagedFolder.check(target, inputs);
        } catch (OutputException refused) {
            throw cannotBeKept(target, stage, refused);
        }
    }

    private static OutputException cannotBeKept(Path target, String stage, OutputException refused) {
        return new OutputException(target, "the stage '" + stage + "' cannot be kept here: " + refused.problem()
                + ", or keep stages elsewhere with --stage-cache", refused);
    }

    /**
     * Deletes the stages, with what killed runs left, unless they are to be kept or another merge into the same output
     * needs them, which deletes them itself.
     *
     * @param output the result, which is written
     * @return what the user should know when they cannot be deleted: the rest of a sentence
     */
    Optional<String> cleanUp(Path output) {
        if (keeps || !Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try {
            if (!StagedFolder.isInProgress(output)) {
                FolderTree.delete(folder);
            }
            return Optional.empty();
        } catch (IOException failure) {
            return Optional.of("its stages cannot be deleted (" + FileProblem.of(failure) + "). Delete " + folder
                    + " by hand");
        }
    }
}
