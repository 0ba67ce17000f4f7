package org.llmmerging.eval.train.starter;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.llmmerging.checkpoint.Manifest;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.StagedFolder;

/**
 * Makes the starter models of a family: a tokenizer, a base trained on the texts of the small world, and a fine-tune of
 * it for each {@link Skill}, tiny but of the real architecture, in Hugging Face layout.
 *
 * <p>The same seed gives the same bytes on the same machine. Not thread-safe: the engine trains one model at a time.
 */
public final class StarterModels {
    private static final int SCORED_ROWS = 100;

    private final long seed;
    private final Listener listener;

    /**
     * @param seed of every random number
     * @param listener notified of what is trained
     */
    public StarterModels(long seed, Listener listener) {
        this.seed = seed;
        this.listener = listener;
    }

    /** The names of all families, which are those of their folders. */
    public static List<String> families() {
        return StarterFamily.all().stream().map(StarterFamily::folder).toList();
    }

    /** What the fine-tunes of every family have learned, in the order of the results. */
    public static List<StarterTask> tasks() {
        return Arrays.stream(Skill.values()).map(Skill::task).toList();
    }

    /**
     * Trains a family and writes {@code base}, {@code reasoning}, {@code summaries} and {@code arithmetic}, each with a
     * model card, and {@code manifest.json} with the size and SHA-256 of each file.
     *
     * @param family one of {@link #families()}
     * @param folder appears whole or not at all; may be missing, empty, or an earlier output, which is replaced
     * @return the folder
     * @throws OutputException when the folder holds something else or cannot be written
     */
    public Path write(String family, Path folder) {
        StarterFamily chosen = StarterFamily.all().stream()
                .filter(each -> each.folder().equals(family))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no family " + family));
        return write(chosen, SCORED_ROWS, folder);
    }

    Path write(StarterFamily family, int scoredRows, Path folder) {
        try (StagedFolder staged = StagedFolder.create(folder)) {
            staged.write(to -> {
                new FamilyTraining(family, to, seed, scoredRows, listener).run();
                Map<String, Object> origin = new LinkedHashMap<>();
                origin.put("generator", "./main starter train --family " + family.folder());
                origin.put("seed", seed);
                Manifest.write(to, origin, Map.of());
            });
            return staged.commit(listener::note);
        }
    }

    /** Is notified of what is trained, and how it goes. */
    public interface Listener {
        /** Ignores everything. */
        Listener NONE = new Listener() {};

        /** What the user should know. */
        default void note(String note) {}

        /** A model begins. */
        default void begin(String model, int steps) {}

        /** @param loss in nats a token */
        default void step(int step, float loss) {}

        /** The model is done. */
        default void end() {}
    }
}
