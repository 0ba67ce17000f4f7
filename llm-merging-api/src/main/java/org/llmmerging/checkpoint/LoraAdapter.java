package org.llmmerging.checkpoint;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.llmmerging.config.Quoting;
import org.llmmerging.tensor.Shape;

/**
 * A LoRA adapter in PEFT's layout: {@code adapter_config.json} and {@code adapter_model.safetensors}, or where there is
 * none {@code adapter_model.bin}. It says how each of a base model's tensors changes: by replacement, by a product of
 * low rank, by both in this order, or not at all.
 *
 * <p>Understood are rank and alpha patterns, rank-stabilised scaling, DoRA, embeddings, weights stored fan-in first,
 * modules saved as a whole and trained biases. What would change the merged weights otherwise is refused on opening.
 *
 * <p>Thread-safe. Closing unmaps the file; an update already taken stays usable.
 */
public final class LoraAdapter implements AutoCloseable {
    static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String TORCH_WEIGHTS = "adapter_model" + WeightFile.TORCH;

    private final Path folder;
    private final LoraConfig config;
    private final WeightFile file;
    private final SortedMap<String, LoraChange> changes;
    private final SortedMap<String, Tensor> replaced;

    private LoraAdapter(Path folder, LoraConfig config, WeightFile file,
            SortedMap<String, LoraChange> changes) {
        this.folder = folder;
        this.config = config;
        this.file = file;
        this.changes = changes;
        this.replaced = Collections.unmodifiableSortedMap(replaced(file, changes));
    }

    /** Whether a folder holds an adapter rather than a whole model. */
    public static boolean isAdapter(Path folder) {
        return Files.exists(folder.resolve(CONFIG));
    }

    /**
     * Reads and validates an adapter's folder.
     *
     * @throws CheckpointException naming what is wrong with the adapter by itself
     */
    public static LoraAdapter open(Path folder) {
        if (!isAdapter(folder)) {
            throw new CheckpointException(
                    folder,
                    "is no LoRA adapter: it has no " + CONFIG
                            + ". Name an adapter, or merge it as a whole model (is_peft: false)");
        }
        LoraConfig config = LoraConfigReader.read(folder.resolve(CONFIG));
        Path torch = folder.resolve(TORCH_WEIGHTS);
        boolean onlyTorch = !Files.exists(folder.resolve(WEIGHTS)) && Files.exists(torch);
        WeightFile file = WeightFile.open(onlyTorch ? torch : folder.resolve(WEIGHTS));
        try {
            return new LoraAdapter(folder, config, file, LoraKeys.read(file, config));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The folder it was opened from. */
    public Path folder() {
        return folder;
    }

    /**
     * This adapter as it is for a base whose layers of one name may be stored in two ways, see
     * {@link ConvolutionLayers}. It shares this one's file: closing either closes both.
     */
    public LoraAdapter on(Checkpoint base) {
        ConvolutionLayers layers = new ConvolutionLayers(base.tensors());
        SortedMap<String, LoraChange> stored = new TreeMap<>(changes);
        stored.replaceAll((_, change) -> {
            LoraModule module = change.module();
            return module == null
                    ? change
                    : new LoraChange(change.replacement(), module.stored(layers.isFanInFirst(module)));
        });
        return new LoraAdapter(folder, config, file, stored);
    }

    /**
     * Checks that the adapter fits a base model. An output head that the adapter brings may be missing in a base that
     * uses its embedding for it: the head is then no longer tied.
     *
     * @param described what the message calls the base
     * @throws CheckpointException naming the first tensors that the base lacks or has in another shape, with the remedy
     */
    public void validateAgainst(Checkpoint base, String described) {
        List<String> problems = new ArrayList<>();
        changes.forEach((name, change) -> check(base, name, change, problems));
        if (!problems.isEmpty()) {
            String trainedOn = config.baseModel().isEmpty()
                    ? ""
                    : " It was trained on " + Quoting.quoted(config.baseModel()) + ".";
            throw new CheckpointException(folder, "does not fit the base model " + described + ": "
                    + Quoting.problems(problems) + ". Give the adapter's own base model." + trainedOn);
        }
    }

    private static void check(Checkpoint base, String name, LoraChange change, List<String> problems) {
        TensorInfo info = base.tensors().get(name);
        String quoted = Quoting.quoted(name);
        if (info == null) {
            if (change.replacement() == null || !isUntied(base, name, change.shape())) {
                problems.add("the base lacks " + quoted);
            }
        } else if (!info.shape().equals(change.shape())) {
            String resized = change.replacement() != null && LoraVocabulary.contains(name)
                    ? ", as after its vocabulary was resized: resize the base's likewise, with its tokenizer, and save it"
                    : "";
            problems.add("%s is %s in the base, the adapter needs %s%s".formatted(
                    quoted, info.shape(), change.shape(), resized));
        } else if (change.replacement() == null && !info.dtype().isMergeable()) {
            problems.add("%s is %s in the base, expected floating point".formatted(quoted, info.dtype()));
        }
    }

    /** Whether a tensor that the base lacks is a head for which the base uses its embedding. */
    private static boolean isUntied(Checkpoint base, String name, Shape shape) {
        return LoraVocabulary.isHead(name)
                && base.tensors().values().stream()
                        .anyMatch(info -> LoraVocabulary.isEmbedding(info.name()) && info.shape().equals(shape));
    }

    /** Whether the adapter adds something to the tensor of that name. */
    boolean updates(String name) {
        LoraChange change = changes.get(name);
        return change != null && change.module() != null;
    }

    /** Bytes of the factors of what the adapter adds to the tensor of that name; 0 when it adds nothing. */
    long factorBytes(String name) {
        LoraChange change = changes.get(name);
        LoraModule module = change == null ? null : change.module();
        return module == null ? 0 : module.bytes();
    }

    /**
     * What the adapter adds to a weight, empty when it adds nothing. With DoRA this reads the weight once, for its
     * norms.
     *
     * @param weight the adapter's replacement where it has one, else the base's tensor
     * @throws CheckpointException when the tensor has another shape than the adapter needs
     */
    Optional<LowRankUpdate> updateOf(Tensor weight) {
        LoraChange change = changes.get(weight.info().name());
        LoraModule module = change == null ? null : change.module();
        if (module == null) {
            return Optional.empty();
        }
        if (!module.weightShape().equals(weight.info().shape())) {
            throw new CheckpointException(weight.file(), "has %s of shape %s, the adapter %s needs %s".formatted(
                    Quoting.quoted(weight.info().name()), weight.info().shape(), folder, module.weightShape()));
        }
        return Optional.of(new LoraFactors(file, module).updateOf(weight));
    }

    /**
     * Tensors that take the place of the base's, by the base's names: saved modules, embeddings and heads, and trained
     * biases. What the adapter adds to them is not in them.
     */
    public SortedMap<String, Tensor> replaced() {
        return replaced;
    }

    /**
     * The output head that a base with tied weights gets when its embedding alone was trained: what the embedding was
     * before, which is saved with the adapter's factors when the vocabulary was resized. PEFT trains the two apart,
     * unless the adapter's configuration has ensure_weight_tying. An embedding that was saved unasked was not trained,
     * and is the head as well.
     */
    Optional<Tensor> untiedHead(Checkpoint base) {
        if (config.keepsTied() || changes.keySet().stream().anyMatch(LoraVocabulary::isHead)) {
            return Optional.empty();
        }
        return changes.keySet().stream()
                .filter(name -> updates(name) || config.isSaved(name))
                .flatMap(name -> LoraVocabulary.headFor(name, base.tensors().keySet()).stream()
                        .map(head -> renamed(beforeTraining(base, name), head)))
                .findFirst();
    }

    private Tensor beforeTraining(Checkpoint base, String embedding) {
        Tensor saved = replaced.get(embedding);
        return saved != null && updates(embedding) ? saved : base.tensor(embedding);
    }

    private static Tensor renamed(Tensor tensor, String name) {
        return new Tensor(new TensorInfo(name, tensor.info().dtype(), tensor.info().shape()), tensor.data(),
                tensor.file());
    }

    private static SortedMap<String, Tensor> replaced(WeightFile file, SortedMap<String, LoraChange> changes) {
        SortedMap<String, Tensor> tensors = new TreeMap<>();
        changes.forEach((name, change) -> {
            TensorInfo info = change.replacement();
            if (info != null) {
                tensors.put(name, renamed(file.tensor(info.name()), name));
            }
        });
        return tensors;
    }

    /**
     * Checks that the file has not changed since it was opened.
     *
     * @throws CheckpointException naming the file when it was cut, replaced or written to
     */
    public void verifyUnchanged() {
        file.verifyUnchanged();
    }

    @Override
    public void close() {
        file.close();
    }
}
