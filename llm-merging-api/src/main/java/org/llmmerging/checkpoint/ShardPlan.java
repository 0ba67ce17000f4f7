package org.llmmerging.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Which tensors go into which output file: in the order of their names, a new shard when one is full. */
public final class ShardPlan {
    private ShardPlan() {}

    /**
     * At least one shard, each of at most {@code maxShardBytes} of data or a single tensor.
     *
     * @return tensors by shard; within a shard the widest element type comes first, so that every tensor is aligned
     */
    public static List<List<TensorInfo>> of(Collection<TensorInfo> tensors, long maxShardBytes) {
        List<TensorInfo> ordered = new ArrayList<>(tensors);
        ordered.sort(Comparator.comparing(TensorInfo::name));
        List<List<TensorInfo>> shards = new ArrayList<>();
        List<TensorInfo> shard = new ArrayList<>();
        long bytes = 0;
        for (TensorInfo tensor : ordered) {
            if (!shard.isEmpty() && bytes > maxShardBytes - tensor.bytes()) {
                shards.add(shard);
                shard = new ArrayList<>();
                bytes = 0;
            }
            shard.add(tensor);
            bytes = Math.addExact(bytes, tensor.bytes());
        }
        shards.add(shard);
        shards.forEach(each -> each.sort(Comparator.comparingInt((TensorInfo tensor) -> -tensor.dtype().bytes())
                .thenComparing(TensorInfo::name)));
        return shards;
    }
}
