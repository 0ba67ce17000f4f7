package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.config.Quoting;
import org.llmmerging.tensor.Shape;

/** Compares what {@code config.json} says with the tensors that are there, and reports every difference at once. */
final class WeightShapes {
    private final ModelConfig config;
    private final SortedMap<String, TensorInfo> tensors;
    private final Map<String, Shape> expected;
    private final TensorDifferences problems;
    private final List<TensorInfo> unreadable = new ArrayList<>();

    private WeightShapes(ModelConfig config, SortedMap<String, TensorInfo> tensors) {
        this.config = config;
        this.tensors = tensors;
        this.expected = config.tensorShapes();
        this.problems = new TensorDifferences(config.blockCounts().keySet());
        if (!config.tiesEmbeddings() || tensors.containsKey(config.headName())) {
            expected.put(config.headName(), Shape.of(config.vocabularySize(), config.hiddenSize()));
        }
    }

    /**
     * The shape of every tensor to load. Tensors that no model is made of, such as stored rotary frequencies, are
     * left out; a bias that the configuration denies and a block beyond its count are not, they are differences.
     *
     * @throws CheckpointException naming {@code config.json}, and each difference with both shapes; or the folder, when
     *     a tensor is of a type that cannot be run
     */
    static Map<String, Shape> verified(ModelConfig config, SortedMap<String, TensorInfo> tensors) {
        checkBlocks(config, tensors);
        WeightShapes check = new WeightShapes(config, tensors);
        check.compareExpected();
        check.findDenied();
        if (!check.problems.isEmpty()) {
            throw contradiction(config, check.problems.lines());
        }
        if (!check.unreadable.isEmpty()) {
            throw check.unreadable();
        }
        return check.expected;
    }

    /** Before shapes are listed: a damaged count can be any number, and a block that is there has a tensor at least. */
    private static void checkBlocks(ModelConfig config, SortedMap<String, TensorInfo> tensors) {
        List<String> problems = new ArrayList<>();
        config.blockCounts().forEach((prefix, count) -> {
            if (count > tensors.size()) {
                long found = tensors.keySet().stream()
                        .mapToInt(name -> TensorDifferences.block(name, prefix))
                        .filter(block -> block >= 0)
                        .distinct()
                        .count();
                problems.add(prefix + "*: the configuration implies " + count + " blocks, the checkpoint has " + found);
            }
        });
        if (!problems.isEmpty()) {
            throw contradiction(config, problems);
        }
    }

    private static CheckpointException contradiction(ModelConfig config, List<String> problems) {
        return new CheckpointException(
                config.file(),
                "contradicts the tensors of the checkpoint:" + Quoting.lines(problems, problems.size())
                        + "\nUse the config.json that the weights were saved with");
    }

    private CheckpointException unreadable() {
        TensorInfo first = unreadable.getFirst();
        String more = unreadable.size() == 1
                ? ""
                : ", and " + (unreadable.size() - 1) + " more tensors are of such types";
        return new CheckpointException(
                config.folder(),
                "tensor " + first.name() + " is of type " + first.dtype() + ", which cannot be run" + more
                        + ". Save the model dequantized, in float32, float16 or bfloat16");
    }

    private void compareExpected() {
        expected.forEach((name, shape) -> {
            TensorInfo info = tensors.get(name);
            if (info == null) {
                problems.add(name, "the configuration implies " + shape + ", the checkpoint has no such tensor");
            } else if (!info.shape().equals(shape)) {
                problems.add(name, "the configuration implies " + shape + ", the checkpoint has " + info.shape());
            } else if (!info.dtype().isMergeable()) {
                unreadable.add(info);
            }
        });
    }

    private void findDenied() {
        TreeSet<String> blocks = new TreeSet<>();
        for (TensorInfo info : tensors.values()) {
            String name = info.name();
            if (name.endsWith(".bias")
                    && !expected.containsKey(name)
                    && expected.containsKey(name.substring(0, name.length() - "bias".length()) + "weight")) {
                problems.add(name, "the configuration implies no bias, the checkpoint has " + info.shape());
            }
            config.blockCounts().forEach((prefix, count) -> {
                int block = TensorDifferences.block(name, prefix);
                if (block >= count && blocks.add(prefix + block)) {
                    problems.add(name, "blocks", "the configuration implies " + count
                            + " blocks, the checkpoint has block " + block + " with " + info.shape());
                }
            });
        }
    }
}
