package org.llmmerging.checkpoint;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Data for tensors whose values do not matter. */
final class RandomContent {
    private RandomContent() {}

    /** By name, as many bytes as each tensor has. */
    static Map<String, byte[]> of(List<TensorInfo> tensors, SplittableRandom random) {
        Map<String, byte[]> content = new HashMap<>();
        for (TensorInfo tensor : tensors) {
            byte[] bytes = new byte[(int) tensor.bytes()];
            random.nextBytes(bytes);
            content.put(tensor.name(), bytes);
        }
        return content;
    }
}
