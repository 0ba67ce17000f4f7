package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Finds the weights of a model folder and opens them. */
final class WeightFiles {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private final Path folder;

    WeightFiles(Path folder) {
        this.folder = folder;
    }

    /** One file wins over an index beside it, as in transformers. */
    Checkpoint open() {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder, Files.exists(folder)
                    ? "is a file. Give the model's folder"
                    : "does not exist. Check the path, or download the model");
        }
        Path single = folder.resolve(SINGLE);
        if (isThere(single)) {
            SafetensorsFile file = SafetensorsFile.open(single);
            return new FolderCheckpoint(folder, file.tensors(), _ -> file, List.of(file));
        }
        Path index = folder.resolve(INDEX);
        if (isThere(index)) {
            return openShards(ShardIndex.read(index));
        }
        throw new CheckpointException(folder, whatIsMissing());
    }

    // A dangling or looping link is there: opening it says what is wrong with it.
    private static boolean isThere(Path file) {
        return Files.exists(file) || Files.isSymbolicLink(file);
    }

    private Checkpoint openShards(ShardIndex index) {
        Collection<String> missing = new TreeSet<>();
        for (String shard : index.shards()) {
            if (!isThere(folder.resolve(shard))) {
                missing.add(shard);
            }
        }
        if (!missing.isEmpty()) {
            throw new CheckpointException(folder, "lacks the shards " + Quoting.list(missing)
                    + " that " + INDEX + " names. Download them");
        }
        SortedMap<String, SafetensorsFile> shards = new TreeMap<>();
        try {
            for (String shard : index.shards()) {
                shards.put(shard, SafetensorsFile.open(folder.resolve(shard)));
            }
            return joined(index, shards);
        } catch (RuntimeException e) {
            shards.values().forEach(SafetensorsFile::close);
            throw e;
        }
    }

    private Checkpoint joined(ShardIndex index, SortedMap<String, SafetensorsFile> shards) {
        TreeMap<String, TensorInfo> tensors = new TreeMap<>();
        TreeMap<String, SafetensorsFile> places = new TreeMap<>();
        Collection<String> twice = new TreeSet<>();
        Collection<String> unlisted = new TreeSet<>();
        shards.forEach((shard, file) -> file.tensors().forEach((name, info) -> {
            if (tensors.put(name, info) != null) {
                twice.add(name);
            } else if (!shard.equals(index.weightMap().get(name))) {
                unlisted.add(name);
            }
            places.put(name, file);
        }));
        Collection<String> absent = new TreeSet<>(index.weightMap().keySet());
        absent.removeAll(tensors.keySet());
        StringBuilder problems = new StringBuilder();
        append(problems, "two shards hold ", twice);
        append(problems, "a shard holds what the index does not place there: ", unlisted);
        append(problems, "no shard holds what the index lists: ", absent);
        if (!problems.isEmpty()) {
            throw new CheckpointException(
                    index.file(), problems + ". The shards and the index are not of one model: download them again");
        }
        return new FolderCheckpoint(
                folder, Collections.unmodifiableSortedMap(tensors), places::get, shards.values());
    }

    private static void append(StringBuilder problems, String what, Collection<String> names) {
        if (!names.isEmpty()) {
            problems.append(problems.isEmpty() ? "" : "; ").append(what).append(Quoting.list(names));
        }
    }

    private String whatIsMissing() {
        Collection<String> pickles = names("*.{bin,pt,pth}");
        if (!pickles.isEmpty()) {
            return "has weights only in PyTorch's pickle format (" + Quoting.list(pickles) + "). " + Remedy.CONVERT;
        }
        String looked = "has no weights: looked for " + SINGLE + " and " + INDEX;
        if (Files.exists(folder.resolve("adapter_config.json"))) {
            return looked + ". It is an adapter, to be applied to its base model";
        }
        Collection<String> others = names("*.safetensors");
        if (!others.isEmpty()) {
            return looked + ", found " + Quoting.list(others) + ". Download the index";
        }
        return looked + ". Download the model's files";
    }

    private Collection<String> names(String pattern) {
        Collection<String> names = new TreeSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
            for (Path file : files) {
                names.add(String.valueOf(file.getFileName()));
            }
        } catch (IOException e) {
            throw InputFiles.failure(folder, e);
        }
        return names;
    }
}
