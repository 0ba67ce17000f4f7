package org.llmmerging.merge;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.llmmerging.MergeMethod;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.Sha256;
import org.llmmerging.config.FileProblem;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.ModelReference;

/**
 * The hash by which a finished stage is known: SHA-256 over its configuration, the seed and the options that change
 * what is written, the jars of the kit and of the method, the hashes of the stages it uses, and the identity of every
 * file of every model it reads.
 *
 * <p>A file's identity is its path, size and time of last change; where the file system keeps one, the time of its last
 * status change too, which no program can set back. That is cheap, and errs on the side of merging again: a file that
 * was touched, copied or moved counts as another.
 */
final class StageRecipe {
    private final MessageDigest digest = Sha256.digest();

    private StageRecipe() {}

    /**
     * The hash of one stage.
     *
     * @param method what merges it
     * @param locator finds the models that are no stages
     * @param stages the hashes of the stages it may use, by name
     */
    static String hash(
            MergeConfig config,
            MergeMethod method,
            MergeOptions options,
            ModelLocator locator,
            Map<String, String> stages) {
        StageRecipe recipe = new StageRecipe();
        recipe.add(MergekitYaml.write(config));
        recipe.add(options.decisive());
        recipe.addJarOf(MergeExecutor.class);
        recipe.addJarOf(method.getClass());
        for (ModelReference model : config.allModels()) {
            recipe.add(model.toString());
            String stage = stages.get(model.path());
            if (stage != null) {
                recipe.add(stage);
            } else {
                recipe.addFolder(locator.locate(model.path(), model.revision()));
            }
            ModelReference adapter = model.adapter();
            if (adapter != null) {
                recipe.addFolder(locator.locate(adapter.path(), adapter.revision()));
            }
        }
        return HexFormat.of().formatHex(recipe.digest.digest());
    }

    private void add(String part) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private void addJarOf(Class<?> type) {
        add(type.getName());
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source != null) {
            try {
                Path file = Path.of(source.getLocation().toURI());
                if (Files.isRegularFile(file)) {
                    addFile(file);
                }
            } catch (URISyntaxException | IOException | IllegalArgumentException
                    | FileSystemNotFoundException unknown) {
                add(String.valueOf(source.getLocation()));
            }
        }
    }

    private void addFolder(Path folder) {
        try {
            for (Path file : FolderTree.children(folder)) {
                if (Files.isRegularFile(file)) {
                    addFile(file);
                }
            }
        } catch (IOException failure) {
            throw new CheckpointException(folder, "cannot be listed: " + FileProblem.of(failure)
                    + ". Change its permissions", failure);
        }
    }

    /** Links are followed: the Hub's cache consists of them. */
    private void addFile(Path file) throws IOException {
        Path real = file.toRealPath();
        add(file.toString());
        add(real.toString());
        add(Files.size(real) + " " + Files.getLastModifiedTime(real).toInstant());
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
            add(String.valueOf(Files.getAttribute(real, "unix:ctime", LinkOption.NOFOLLOW_LINKS)));
        }
    }
}
