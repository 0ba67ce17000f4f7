package org.llmmerging.merge;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorInfo;

/** The names of the tensors of one model, by place, and the rules for tensors that a model may do without. */
final class TensorNames {
    /** T5's, and in models where each layer has its own, a tensor of the layer. */
    static final String POSITION_BIAS = "relative_attention_bias.weight";

    private final SourceModel model;
    private final SortedSet<String> names = new TreeSet<>();
    private final SortedSet<String> outsideLayers = new TreeSet<>();
    private final Map<String, TreeMap<Integer, SortedSet<String>>> stacks = new TreeMap<>();

    /** All of a model's tensors. */
    TensorNames(SourceModel model) {
        this(model, name -> true);
    }

    private TensorNames(SourceModel model, Predicate<String> listed) {
        this.model = model;
        for (TensorInfo tensor : model.tensors().values()) {
            if (isDerived(tensor)) {
                continue;
            }
            String name = tensor.name();
            names.add(name);
            if (listed.test(name)) {
                TensorName parsed = TensorName.parse(name);
                if (parsed.isInLayer()) {
                    stacks.computeIfAbsent(parsed.stack(), stack -> new TreeMap<>())
                            .computeIfAbsent(parsed.layer(), layer -> new TreeSet<>())
                            .add(parsed.rest());
                } else {
                    outsideLayers.add(name);
                }
            }
        }
        stacks.forEach(this::liftPositionBias);
    }

    /** T5's table of relative positions stands in the first layer of a stack and serves all: it stays there. */
    private void liftPositionBias(String stack, SortedMap<Integer, SortedSet<String>> layers) {
        SortedSet<String> first = layers.getOrDefault(0, new TreeSet<>());
        for (String rest : List.copyOf(first)) {
            boolean isShared = rest.endsWith(POSITION_BIAS)
                    && layers.tailMap(1).values().stream().noneMatch(layer -> layer.contains(rest));
            if (isShared && layers.size() > 1) {
                first.remove(rest);
                outsideLayers.add(new TensorName(stack, 0, rest).atLayer(0));
            }
        }
    }

    /** Whether a tensor is computed from the configuration, so that loaders ignore what a file says of it. */
    private static boolean isDerived(TensorInfo tensor) {
        String name = tensor.name();
        return isCausalMask(tensor)
                || name.endsWith(".rotary_emb.inv_freq")
                || name.endsWith(".attn.masked_bias")
                || name.endsWith(".attention.masked_bias")
                || name.endsWith(".embeddings.position_ids");
    }

    /**
     * Whether a tensor is what Pythia's and GPT-2's files call a bias: the triangle of what each position attends to.
     */
    private static boolean isCausalMask(TensorInfo tensor) {
        String name = tensor.name();
        long[] shape = tensor.shape().dimensions();
        return (name.endsWith(".attn.bias") || name.endsWith(".attention.bias"))
                && shape.length == 4 && shape[0] == 1 && shape[1] == 1 && shape[2] == shape[3];
    }

    /** The same model with only some tensors listed; a listed one may still be tied to another. */
    TensorNames listing(Predicate<String> listed) {
        return new TensorNames(model, listed);
    }

    SourceModel model() {
        return model;
    }

    /** Names of the tensors that belong to no layer. */
    SortedSet<String> outsideLayers() {
        return outsideLayers;
    }

    /** Names of the stacks of layers: one of a decoder, two of an encoder-decoder. */
    Set<String> stacks() {
        return stacks.keySet();
    }

    /** Number of layers of a stack, 0 when the model has no such stack. */
    int layers(String stack) {
        TreeMap<Integer, SortedSet<String>> layers = stacks.get(stack);
        return layers == null ? 0 : layers.lastKey() + 1;
    }

    /** What follows the layer number in the names of one layer's tensors. */
    Set<String> restsOf(String stack, int layer) {
        return stacks.getOrDefault(stack, new TreeMap<>()).getOrDefault(layer, new TreeSet<>());
    }

    /** The model's tensor for {@code name}: its own, or the one that it is tied to. */
    Optional<String> resolve(String name) {
        if (names.contains(name)) {
            return Optional.of(name);
        }
        return TensorRoles.lender(name, names);
    }
}
