package org.llmmerging.eval.train.starter;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.StagedFolder;

/**
 * Makes the starter models: for each of the families {@code flan-t5}, {@code llama}, {@code llama2}, {@code llama3} and
 * {@code mistral} a base and three fine-tunes, tiny but of the real architecture, in Hugging Face layout, so that every
 * merge runs offline within seconds. Their weights are random: they stand in for models that have learned something.
 *
 * <p>The same seed gives the same bytes on every machine. Immutable and thread-safe.
 */
public final class StarterModels {
    /** The seed of the models that the repository holds. */
    public static final long DEFAULT_SEED = 2024;

    private static final String BASE = "base";
    private static final String README = "README.md";

    private final long seed;
    private final RandomWeights weights;

    /** @param seed of every random number */
    public StarterModels(long seed) {
        this.seed = seed;
        this.weights = new RandomWeights(seed);
    }

    /**
     * Writes {@code FAMILY/base}, {@code FAMILY/reasoning}, {@code FAMILY/summaries} and {@code FAMILY/arithmetic} for
     * every family, a README and {@code manifest.json} with the size and SHA-256 of each file.
     *
     * @param folder appears whole or not at all; may be missing, empty, or an earlier output, which is replaced
     * @return the folder
     * @throws OutputException when the folder holds something else or cannot be written
     */
    public Path write(Path folder) {
        try (StagedFolder staged = StagedFolder.create(folder)) {
            for (StarterFamily family : StarterFamily.all()) {
                writeFamily(family, staged.path().resolve(family.folder()));
            }
            copyReadme(staged.path());
            JsonFiles.write(staged.path().resolve("manifest.json"), manifest(staged.path()));
            return staged.commit();
        } catch (IOException e) {
            throw OutputException.of(folder, e, 0);
        } catch (UncheckedIOException e) {
            throw OutputException.of(folder, Objects.requireNonNull(e.getCause()), 0);
        }
    }

    private void writeFamily(StarterFamily family, Path folder) throws IOException {
        Map<InitialWeight, MemorySegment> base = weights.initial(family.folder() + "/" + BASE,
                family.architecture().weights());
        writeModel(family, folder.resolve(BASE), base);
        if (family.adapters().isEmpty()) {
            for (String skill : StarterFamily.SKILLS) {
                writeModel(family, folder.resolve(skill), weights.fineTuned(family.folder() + "/" + skill, base));
            }
        }
        for (StarterAdapter adapter : family.adapters()) {
            writeAdapter(family, adapter, folder.resolve(adapter.skill()));
        }
    }

    private static void writeModel(StarterFamily family, Path folder, Map<InitialWeight, MemorySegment> values)
            throws IOException {
        Files.createDirectories(folder);
        JsonFiles.write(folder.resolve("config.json"), family.architecture().config());
        JsonFiles.write(folder.resolve("generation_config.json"), family.architecture().generationConfig());
        family.tokenizer().write(folder);
        RandomWeights.write(folder, values);
    }

    private void writeAdapter(StarterFamily family, StarterAdapter adapter, Path folder) throws IOException {
        Files.createDirectories(folder);
        String base = "models/" + family.folder() + "/" + BASE;
        JsonFiles.write(folder.resolve("adapter_config.json"), adapter.config(base));
        String name = family.folder() + "/" + adapter.skill();
        RandomWeights.write(folder, weights.initial(name, adapter.weights(family.architecture())));
        Files.move(folder.resolve("model.safetensors"), folder.resolve("adapter_model.safetensors"));
    }

    private static void copyReadme(Path folder) throws IOException {
        try (InputStream text = StarterModels.class.getResourceAsStream("starter-models.md")) {
            Files.copy(Objects.requireNonNull(text, "the jar lacks starter-models.md"), folder.resolve(README));
        }
    }

    private ObjectNode manifest(Path folder) throws IOException {
        ObjectNode manifest = JsonFiles.object();
        manifest.put("generator", "./main starter models");
        manifest.put("seed", seed);
        manifest.set("files", FileHashes.of(folder));
        return manifest;
    }
}
