package org.llmmerging.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/**
 * The weight files of a checkpoint in Hugging Face layout: {@code model.safetensors}, or when the tensors exceed the
 * shard size {@code model-00001-of-00003.safetensors} and so on with {@code model.safetensors.index.json}.
 */
record CheckpointLayout(Path folder, List<Shard> shards, long totalBytes) {

    /**
     * One weight file.
     *
     * @param tensors in the order of their data
     */
    record Shard(Path file, ShardHeader header, List<TensorInfo> tensors) {}

    /**
     * @param folder an existing folder without weights
     * @param tensors in any order; names are unique
     * @param maxShardBytes most bytes of data in one file, unless one tensor alone has more
     * @throws OutputException when the disk has too little space
     */
    static CheckpointLayout of(Path folder, List<TensorInfo> tensors, long maxShardBytes) {
        checkUnique(tensors);
        if (maxShardBytes < 1) {
            throw new IllegalArgumentException("shard size " + maxShardBytes);
        }
        long total = tensors.stream().mapToLong(TensorInfo::bytes).reduce(0, Math::addExact);
        DiskSpace.require(folder, total);
        List<List<TensorInfo>> plan = ShardPlan.of(tensors, maxShardBytes);
        List<Shard> shards = new ArrayList<>();
        try {
            for (List<TensorInfo> inShard : plan) {
                String name = plan.size() == 1
                        ? WeightFiles.SINGLE
                        : String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", shards.size() + 1, plan.size());
                shards.add(new Shard(folder.resolve(name), ShardHeader.of(inShard), List.copyOf(inShard)));
            }
        } catch (IOException e) {
            throw OutputException.of(folder, e, total);
        }
        return new CheckpointLayout(folder, List.copyOf(shards), total);
    }

    private static void checkUnique(List<TensorInfo> tensors) {
        Set<String> names = new HashSet<>();
        for (TensorInfo tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("tensor " + tensor.name() + " twice");
            }
        }
    }

    /**
     * Writes the index, if there are several shards.
     *
     * @throws OutputException when it cannot be written
     */
    void writeIndex() {
        if (shards.size() == 1) {
            return;
        }
        TreeMap<String, String> weightMap = new TreeMap<>();
        shards.forEach(shard -> shard.tensors()
                .forEach(tensor -> weightMap.put(tensor.name(), String.valueOf(shard.file().getFileName()))));
        ObjectNode index = JsonFile.object();
        index.putObject("metadata").put("total_size", totalBytes);
        ObjectNode shardsByName = index.putObject("weight_map");
        weightMap.forEach(shardsByName::put);
        JsonFile.write(folder.resolve(WeightFiles.INDEX), index);
    }
}
