package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.llmmerging.config.Quoting;

/** Finds the weights of a model folder and opens them. */
final class WeightFiles {
    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";
    private static final String TORCH_SINGLE = "pytorch_model.bin";
    private static final String TORCH_INDEX = "pytorch_model.bin.index.json";

    private static final Pattern OTHER_WEIGHTS = Pattern.compile(".*\\.(safetensors|bin|pt|pth)", Pattern.DOTALL);

    private final Path folder;

    WeightFiles(Path folder) {
        this.folder = folder;
    }

    /** The first there is of one file, an index, and the same in PyTorch's format: the order of transformers. */
    Checkpoint open() {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder, Files.exists(folder)
                    ? "is a file. Give the model's folder"
                    : "does not exist. Check the path, or download the model");
        }
        for (String name : List.of(SINGLE, INDEX, TORCH_SINGLE, TORCH_INDEX)) {
            Path file = folder.resolve(name);
            if (isThere(file)) {
                Checkpoint opened = name.endsWith(".json") ? openShards(ShardIndex.read(file)) : openSingle(file);
                if (opened.tensors().isEmpty()) {
                    opened.close();
                    throw new CheckpointException(file, "holds no tensors. Download or write it again");
                }
                return opened;
            }
        }
        throw new CheckpointException(folder, whatIsMissing());
    }

    private Checkpoint openSingle(Path single) {
        WeightFile file = WeightFile.open(single);
        return new FolderCheckpoint(folder, file.tensors(), _ -> file, List.of(file));
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
                    + " that " + index.file().getFileName() + " names. Download them");
        }
        SortedMap<String, WeightFile> shards = new TreeMap<>();
        try {
            for (String shard : index.shards()) {
                shards.put(shard, WeightFile.open(folder.resolve(shard)));
            }
            return joined(index, shards);
        } catch (RuntimeException e) {
            shards.values().forEach(WeightFile::close);
            throw e;
        }
    }

    private Checkpoint joined(ShardIndex index, SortedMap<String, WeightFile> shards) {
        TreeMap<String, TensorInfo> tensors = new TreeMap<>();
        TreeMap<String, WeightFile> places = new TreeMap<>();
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
        String looked = "has no weights: looked for " + SINGLE + ", " + TORCH_SINGLE + " and an index of either";
        if (LoraAdapter.isAdapter(folder)) {
            return looked + ". It is an adapter, to be applied to its base model";
        }
        Collection<String> others = otherWeights();
        if (!others.isEmpty()) {
            return looked + ", found " + Quoting.list(others) + ". Download the index";
        }
        return looked + ". Download the model's files";
    }

    private Collection<String> otherWeights() {
        try {
            return FolderTree.children(folder).stream()
                    .map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> OTHER_WEIGHTS.matcher(name).matches())
                    .toList();
        } catch (IOException e) {
            throw InputFiles.failure(folder, e);
        }
    }
}
