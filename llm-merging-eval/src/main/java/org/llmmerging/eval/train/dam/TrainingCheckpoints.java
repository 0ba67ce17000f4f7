package org.llmmerging.eval.train.dam;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.ConfigException;
import org.llmmerging.eval.io.JsonText;
import org.llmmerging.eval.train.AdamW;
import org.llmmerging.eval.train.FloatTensorFile;

/**
 * The checkpoints of one training: folders {@code checkpoint-STEP}, each of which appears whole or not at all, with
 * {@code checkpoint.json} (the step and what was trained), {@code coefficients.safetensors} and
 * {@code optimizer.safetensors}. The last two are kept. What other programs keep under such a name is left alone.
 */
final class TrainingCheckpoints {
    private static final String PREFIX = "checkpoint-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(?<step>[1-9]\\d{0,17})");
    private static final String DESCRIPTION = "checkpoint.json";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final Set<String> LEFT_OVER = Set.of(DamFolder.COEFFICIENTS, OPTIMIZER);
    private static final int KEPT = 2;
    private static final String REMEDY = "Delete the folder of this checkpoint";

    private final Path folder;
    private final Map<String, Object> configuration;

    /** @param configuration all that decides what the training does, by the names that the user knows */
    TrainingCheckpoints(Path folder, Map<String, Object> configuration) {
        this.folder = folder;
        this.configuration = new LinkedHashMap<>(configuration);
    }

    /** Whether there is any. */
    boolean exist() {
        return !bySteps().isEmpty();
    }

    /**
     * Checks that nothing of another program lies where one is to be written.
     *
     * @param steps those that are to be saved
     * @throws OutputException naming what lies there
     */
    void checkFree(LongPredicate steps) {
        named().forEach((step, path) -> {
            if (steps.test(step) && !isOurs(path)) {
                throw new OutputException(path, "is no checkpoint of dam train, and one is to be written there. Move it"
                        + " away, or name another --output_dir");
            }
        });
    }

    /**
     * Writes one, and deletes all but the last two.
     *
     * @param warn given what the user should know
     * @throws OutputException when the disk is full or fails; earlier checkpoints are left
     */
    void save(TrainingState state, Consumer<String> warn) {
        Path target = folder.resolve(PREFIX + state.step());
        try (StagedFolder staged = StagedFolder.create(target)) {
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("step", state.step());
            description.put("configuration", configuration);
            int models = state.coefficients().models();
            staged.write(to -> {
                FloatTensorFile.write(to.resolve(DamFolder.COEFFICIENTS), state.coefficients().values(), models);
                FloatTensorFile.write(to.resolve(OPTIMIZER), state.optimizer(), models);
                Files.writeString(to.resolve(DESCRIPTION), JsonText.indented(description));
            });
            staged.commit(warn);
        }
        Collection<Path> kept = bySteps().descendingMap().values().stream().limit(KEPT).toList();
        folders().values().stream().filter(each -> !kept.contains(each)).forEach(TrainingCheckpoints::delete);
    }

    /**
     * Reads the last.
     *
     * @param expected coefficients of the tensors and models that are trained
     * @throws ConfigException when there is none, or it is of another configuration, naming each difference
     * @throws CheckpointException when a file of it is missing or damaged
     */
    TrainingState last(Coefficients expected) {
        Map.Entry<Long, Path> last = bySteps().lastEntry();
        if (last == null) {
            throw new ConfigException(folder + ": there is no checkpoint to go on from. Leave out --resume");
        }
        Path checkpoint = last.getValue();
        JsonNode description = JsonFile.read(checkpoint.resolve(DESCRIPTION), REMEDY);
        checkConfiguration(checkpoint, description.path("configuration"));
        JsonNode step = description.path("step");
        if (step.asLong() != last.getKey()) {
            throw new CheckpointException(checkpoint.resolve(DESCRIPTION),
                    (step.isMissingNode() ? "has no step" : "is of step " + step) + ". " + REMEDY);
        }
        int models = expected.models();
        return new TrainingState(
                last.getKey(),
                new Coefficients(
                        models,
                        StoredNumbers.read(checkpoint.resolve(DamFolder.COEFFICIENTS), expected.values(), models,
                                "coefficients", REMEDY)),
                StoredNumbers.read(checkpoint.resolve(OPTIMIZER), AdamW.initialState(expected.values()), models,
                        "numbers", REMEDY));
    }

    /** Deletes all, and what is left of those that were being deleted when a run was killed. */
    void clear() {
        folders().values().forEach(TrainingCheckpoints::delete);
    }

    private void checkConfiguration(Path checkpoint, JsonNode stored) {
        JsonNode now = JsonFile.tree(configuration);
        TreeSet<String> keys = new TreeSet<>(configuration.keySet());
        stored.fieldNames().forEachRemaining(keys::add);
        StringBuilder differences = new StringBuilder();
        for (String key : keys) {
            if (!stored.path(key).equals(now.path(key))) {
                differences.append("\n  ").append(key).append(": ").append(stored.path(key)).append(" then, ")
                        .append(now.path(key)).append(" now");
            }
        }
        if (!differences.isEmpty()) {
            throw new ConfigException(checkpoint + ": the checkpoint is of another configuration:" + differences
                    + "\nGive the same options as then, or start afresh with --overwrite_output_dir");
        }
    }

    /** The checkpoints that are whole. */
    private NavigableMap<Long, Path> bySteps() {
        NavigableMap<Long, Path> whole = folders();
        whole.values().removeIf(each -> !Files.isRegularFile(each.resolve(DESCRIPTION)));
        return whole;
    }

    /** The checkpoints, and what is left of some. */
    private NavigableMap<Long, Path> folders() {
        NavigableMap<Long, Path> found = named();
        found.values().removeIf(each -> !isOurs(each));
        return found;
    }

    /** What is named as checkpoints are, whoever wrote it. */
    private NavigableMap<Long, Path> named() {
        TreeMap<Long, Path> found = new TreeMap<>();
        if (!Files.isDirectory(folder)) {
            return found;
        }
        try {
            for (Path each : FolderTree.children(folder)) {
                Matcher checkpoint = NAME.matcher(String.valueOf(each.getFileName()));
                if (checkpoint.matches()) {
                    found.put(Long.valueOf(checkpoint.group("step")), each);
                }
            }
        } catch (IOException e) {
            throw OutputException.of(folder, e, 0);
        }
        return found;
    }

    /** Whether it is a checkpoint, or what is left of one; another program's has no description and other files. */
    private static boolean isOurs(Path path) {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try {
            return Files.isRegularFile(path.resolve(DESCRIPTION)) || FolderTree.children(path).stream()
                    .allMatch(each -> LEFT_OVER.contains(String.valueOf(each.getFileName())));
        } catch (IOException e) {
            throw OutputException.of(path, e, 0);
        }
    }

    private static void delete(Path checkpoint) {
        try {
            // Without its description a folder is no checkpoint: half-deleted ones are never read.
            Files.deleteIfExists(checkpoint.resolve(DESCRIPTION));
            FolderTree.delete(checkpoint);
        } catch (IOException e) {
            throw OutputException.of(checkpoint, e, 0);
        }
    }
}
