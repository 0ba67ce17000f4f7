package org.llmmerging.checkpoint;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.Quoting;
import org.llmmerging.tensor.Shape;

/** Sorts the tensors of an adapter file, by their names, into what they do to each tensor of the base. */
final class LoraKeys {
    private static final String PREFIX = "base_model.model.";
    private static final Pattern FACTOR = Pattern.compile(
            "(?<module>.+)\\.(?<kind>lora_A|lora_B|lora_embedding_A|lora_embedding_B|lora_magnitude_vector)"
                    + "(\\.default)?(\\.weight)?");

    private final LoraConfig config;
    private final List<String> problems = new ArrayList<>();
    /** What each module has, as far as read, by its kind. */
    private final SortedMap<String, Map<String, TensorInfo>> parts = new TreeMap<>();
    private final SortedMap<String, LoraChange> changes = new TreeMap<>();

    private LoraKeys(LoraConfig config) {
        this.config = config;
    }

    /** The changes by the name of the base's tensor. */
    static SortedMap<String, LoraChange> read(WeightFile file, LoraConfig config) {
        LoraKeys keys = new LoraKeys(config);
        file.tensors().forEach(keys::sort);
        keys.parts.forEach(keys::assemble);
        if (!keys.problems.isEmpty()) {
            throw new CheckpointException(file.file(), Quoting.problems(keys.problems));
        }
        if (keys.changes.isEmpty()) {
            throw new CheckpointException(file.file(), "holds no adapter tensors. Download it again");
        }
        return Collections.unmodifiableSortedMap(keys.changes);
    }

    private void sort(String key, TensorInfo info) {
        if (!key.startsWith(PREFIX)) {
            problems.add("tensor " + Quoting.quoted(key) + " is not an adapter's: expected a name that starts with "
                    + PREFIX);
            return;
        }
        String name = key.substring(PREFIX.length());
        Matcher factor = FACTOR.matcher(name);
        if (factor.matches()) {
            TensorInfo other = parts.computeIfAbsent(factor.group("module"), _ -> new HashMap<>())
                    .put(factor.group("kind"), info);
            if (other != null) {
                addRepetition(other, info);
            }
            return;
        }
        String plain = name.replace(".modules_to_save.default.", ".")
                .replace(".modules_to_save.", ".")
                .replace(".base_layer.", ".");
        if (plain.contains(".lora_") || !isSaved(plain, name)) {
            problems.add("tensor " + Quoting.quoted(key) + " is neither a LoRA factor nor in modules_to_save");
        } else {
            LoraChange other = changes.put(plain, new LoraChange(info, null));
            if (other != null && other.replacement() != null) {
                addRepetition(other.replacement(), info);
            }
        }
    }

    private void addRepetition(TensorInfo one, TensorInfo other) {
        problems.add("tensors " + Quoting.quoted(one.name()) + " and " + Quoting.quoted(other.name())
                + " are the same one, spelled differently. Delete one of them");
    }

    private boolean isSaved(String plain, String name) {
        // PEFT stores embeddings and heads unasked: below their factors when they are adapted, else by their own names.
        return !plain.equals(name)
                || LoraVocabulary.contains(plain)
                || (config.savesBiases() && plain.endsWith(".bias"))
                || config.isSaved(plain);
    }

    private void assemble(String name, Map<String, TensorInfo> given) {
        boolean isEmbedding = given.get("lora_embedding_A") != null || given.get("lora_embedding_B") != null;
        TensorInfo a = given.get(isEmbedding ? "lora_embedding_A" : "lora_A");
        TensorInfo b = given.get(isEmbedding ? "lora_embedding_B" : "lora_B");
        TensorInfo magnitude = given.get("lora_magnitude_vector");
        String module = "module " + Quoting.quoted(name);
        if (a == null || b == null) {
            problems.add(module + " has a factor " + (a == null ? "B without A" : "A without B"));
            return;
        }
        Shape shapeOfA = a.shape();
        Shape shapeOfB = b.shape();
        if (shapeOfA.rank() != 2 || shapeOfB.rank() != 2) {
            problems.add(module + " has factors of shapes " + shapeOfA + " and " + shapeOfB
                    + ", only matrices can be applied");
            return;
        }
        if (!a.dtype().isMergeable() || !b.dtype().isMergeable()) {
            problems.add(module + " has factors of type " + a.dtype() + " and " + b.dtype()
                    + ", expected floating point");
            return;
        }
        int rank = config.rankOf(name);
        if (shapeOfA.dimension(0) != rank || shapeOfB.dimension(1) != rank) {
            problems.add(module + " has factors A " + shapeOfA + " and B " + shapeOfB + ", but "
                    + LoraAdapter.CONFIG + " gives it rank " + rank);
            return;
        }
        if (isMagnitudeWrong(module, isEmbedding, shapeOfB.dimension(0), magnitude)) {
            return;
        }
        boolean transposed = isEmbedding || config.fanInFanOut();
        LoraModule assembled = new LoraModule(name, a, b, magnitude, transposed, rank, config.scalingOf(name));
        LoraChange stored = changes.get(assembled.weight());
        TensorInfo replacement = stored == null ? null : stored.replacement();
        if (replacement != null && isUnfit(module, replacement, assembled.weightShape())) {
            return;
        }
        changes.put(assembled.weight(), new LoraChange(replacement, assembled));
    }

    private boolean isUnfit(String module, TensorInfo replacement, Shape expected) {
        if (replacement.shape().equals(expected) && replacement.dtype().isMergeable()) {
            return false;
        }
        problems.add(module + " has a base layer " + replacement.dtype() + " of shape " + replacement.shape()
                + ", its factors need floating point of shape " + expected);
        return true;
    }

    private boolean isMagnitudeWrong(String module, boolean isEmbedding, long out, @Nullable TensorInfo magnitude) {
        if (config.weightDecomposed() != (magnitude != null)) {
            problems.add(module + (magnitude == null ? " lacks" : " has") + " a magnitude, but use_dora is "
                    + config.weightDecomposed());
            return true;
        }
        if (magnitude == null) {
            return false;
        }
        if (isEmbedding) {
            problems.add(module + " is an embedding with use_dora, which is not supported");
            return true;
        }
        if (magnitude.shape().elements() != out || !magnitude.dtype().isMergeable()) {
            problems.add(module + " has a magnitude " + magnitude.dtype() + " of shape " + magnitude.shape()
                    + ", expected floating point of shape [" + out + "]");
            return true;
        }
        return false;
    }
}
