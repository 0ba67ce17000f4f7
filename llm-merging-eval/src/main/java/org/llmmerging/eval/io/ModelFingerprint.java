package org.llmmerging.eval.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.LoraAdapter;
import org.llmmerging.checkpoint.Manifest;
import org.llmmerging.checkpoint.Sha256;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.FileProblem;

/**
 * A digest of all that decides what a model answers: its configuration, tokenizer and weights, or an adapter's,
 * wherever the folder lies. A weight file that {@code manifest.json} describes, and that is no newer, is not read
 * again.
 */
public final class ModelFingerprint {
    private static final Pattern WEIGHTS = Pattern.compile(".*\\.(safetensors|bin)");
    private static final Pattern DESCRIPTION = Pattern
            .compile(
                    "((adapter|generation)_)?config\\.json|tokenizer.*\\.json|special_tokens_map\\.json|.*\\.index\\.json");

    private ModelFingerprint() {}

    /**
     * The digest, in hexadecimal.
     *
     * @param folder a model folder in Hugging Face layout
     * @throws CheckpointException when a file of it cannot be read
     */
    public static String of(Path folder) {
        try {
            Map<String, String> known = described(folder);
            StringBuilder all = new StringBuilder();
            for (Path file : files(folder)) {
                String name = file.getFileName().toString();
                String entry = name + " " + Files.size(file);
                String digest = known.get(entry);
                boolean trusted = digest != null
                        && WEIGHTS.matcher(name).matches()
                        && isUnchangedSince(Files.getLastModifiedTime(folder.resolve(Manifest.FILE)), file);
                all.append(entry).append(' ').append(trusted ? digest : Sha256.hex(file)).append('\n');
            }
            return Sha256.hex(all.toString());
        } catch (IOException e) {
            throw new CheckpointException(folder, "cannot be read (" + FileProblem.of(e) + ")", e);
        }
    }

    /**
     * The digests of models with their adapters, in their order: a change of either changes a digest. A folder that
     * several have in common is read once.
     */
    public static List<String> ofAll(List<SourceModel> models) {
        Map<Path, String> digests = new HashMap<>();
        return models.stream().map(model -> {
            LoraAdapter adapter = model.adapter();
            String weights = digests.computeIfAbsent(model.folder(), ModelFingerprint::of);
            return adapter == null ? weights : weights + "+" + of(adapter.folder());
        }).toList();
    }

    /**
     * By the time of its last change of any kind, a rename included: a file that was moved or copied here may carry any
     * time of modification. Where the file system keeps no such time, no file counts as unchanged.
     */
    private static boolean isUnchangedSince(FileTime time, Path file) throws IOException {
        try {
            return Files.getAttribute(file, "unix:ctime") instanceof FileTime change && change.compareTo(time) <= 0;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return false;
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        return FolderTree.children(folder).stream()
                .filter(Files::isRegularFile)
                .filter(file -> {
                    String name = file.getFileName().toString();
                    return WEIGHTS.matcher(name).matches() || DESCRIPTION.matcher(name).matches();
                })
                .toList();
    }

    /** Name and size of each file that a merge has written → its SHA-256. */
    private static Map<String, String> described(Path folder) throws IOException {
        Map<String, String> digests = new HashMap<>();
        Manifest.read(folder).map(Manifest::files).orElse(List.of())
                .forEach(file -> digests.put(file.name() + " " + file.bytes(), file.sha256()));
        return digests;
    }
}
