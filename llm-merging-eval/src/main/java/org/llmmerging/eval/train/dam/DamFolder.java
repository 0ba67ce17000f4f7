package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.StagedFolder;
import org.llmmerging.config.ConfigException;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.io.JsonText;
import org.llmmerging.eval.io.ModelFingerprint;
import org.llmmerging.eval.model.LanguageModel;
import org.llmmerging.eval.model.ModelRunException;
import org.llmmerging.eval.train.FloatTensorFile;
import org.llmmerging.merge.ModelStore;

/**
 * The folder of an untrained merge: {@code dam.json} with references to the models and the settings, and
 * {@code coefficients.safetensors} with a float32 array {@code [models, columns]} for each tensor. It holds no weights
 * of the models.
 */
public final class DamFolder {
    /** What is merged and how. */
    static final String DESCRIPTION = "dam.json";

    /** The coefficients. */
    static final String COEFFICIENTS = "coefficients.safetensors";

    private static final int FORMAT_VERSION = 2;
    private static final String REMEDY = "Make it again with dam merge";

    private DamFolder() {}

    /**
     * Makes an untrained merge and writes it.
     *
     * @param store opens the models
     * @param models the fine-tunes; the base may be listed among them
     * @param folder appears whole or not at all
     * @param warn given what the user should know
     * @return the folder
     * @throws ConfigException when no model is listed but the base
     * @throws CheckpointException when a model cannot be read or differs from the base
     * @throws OutputException when the folder cannot be written
     */
    public static Path create(
            ModelStore store,
            ModelReference base,
            List<ModelReference> models,
            CoefficientSettings settings,
            Path folder,
            Consumer<String> warn) {
        if (models.stream().allMatch(base::equals)) {
            throw new ConfigException(base + " is the only model. Name a fine-tune of it as well");
        }
        DamMerge merge = initial(store, base, models, settings);
        StagedFolder.check(folder, store.folders());
        StagedFolder.checkHoldsOnly(folder, Set.of(DESCRIPTION, COEFFICIENTS));
        try (StagedFolder staged = StagedFolder.create(folder, store.folders())) {
            staged.write(to -> write(merge, store, to));
            return staged.commit(warn);
        }
    }

    private static DamMerge initial(
            ModelStore store, ModelReference base, List<ModelReference> models, CoefficientSettings settings) {
        SourceModel baseModel = store.open(base);
        return DamMerge.initial(base, baseModel, models, models.stream().map(store::open).toList(), settings);
    }

    private static void write(DamMerge merge, ModelStore store, Path folder) throws IOException {
        List<ModelReference> references = Stream.concat(merge.models().stream(), Stream.of(merge.base())).toList();
        List<String> fingerprints = ModelFingerprint.ofAll(references.stream().map(store::open).toList());
        List<Map<String, Object>> models = new ArrayList<>();
        for (int i = 0; i < references.size(); i++) {
            Map<String, Object> model = new LinkedHashMap<>();
            model.put("reference", references.get(i).toString());
            model.put("fingerprint", fingerprints.get(i));
            models.add(model);
        }
        Map<String, Object> written = new LinkedHashMap<>();
        written.put("format_version", FORMAT_VERSION);
        written.put("base_model", models.removeLast());
        written.put("models", models);
        written.putAll(merge.settings().byName());
        Files.writeString(folder.resolve(DESCRIPTION), JsonText.indented(written));
        FloatTensorFile.write(
                folder.resolve(COEFFICIENTS), merge.coefficients().values(), merge.coefficients().models());
    }

    /**
     * The fingerprints of the models, in their order, and of the base, as a folder that {@link #read} has read says.
     */
    static List<String> fingerprints(Path folder) {
        return fingerprints(JsonFile.read(folder.resolve(DESCRIPTION), REMEDY));
    }

    private static List<String> fingerprints(JsonNode json) {
        List<String> fingerprints = new ArrayList<>();
        json.path("models").forEach(model -> fingerprints.add(model.path("fingerprint").asText()));
        fingerprints.add(json.path("base_model").path("fingerprint").asText());
        return fingerprints;
    }

    /** The files of such a folder. */
    static List<Path> files(Path folder) {
        return List.of(folder.resolve(DESCRIPTION), folder.resolve(COEFFICIENTS));
    }

    /**
     * Reads a folder that {@link #create} wrote, and opens its models.
     *
     * @param device that the models will be loaded on
     * @throws CheckpointException when a file is missing or malformed, or a model has changed since
     * @throws ModelRunException when the machine has no memory for the models, before all of them is read
     */
    public static DamMerge read(Path folder, ModelStore store, Device device) {
        Path file = folder.resolve(DESCRIPTION);
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file, "no such file. Give the folder that dam merge wrote");
        }
        JsonNode json = JsonFile.read(file, REMEDY);
        if (json.path("format_version").asInt() != FORMAT_VERSION) {
            throw new CheckpointException(file, "has format_version " + json.path("format_version")
                    + ", this version reads " + FORMAT_VERSION + ". " + REMEDY);
        }
        ModelReference base = reference(file, json.path("base_model"));
        List<ModelReference> models = new ArrayList<>();
        for (JsonNode each : json.path("models")) {
            models.add(reference(file, each));
        }
        if (models.isEmpty()) {
            throw namesNoModels(file);
        }
        LanguageModel.checkMemory(Stream.concat(Stream.of(base), models.stream()).map(store::open).toList(), device);
        checkUnchanged(file, Stream.concat(models.stream(), Stream.of(base)).toList(), fingerprints(json), store);
        CoefficientSettings settings = CoefficientSettings.ofNames(json)
                .orElseThrow(() -> new CheckpointException(file, "has no known non_linearity. " + REMEDY));
        DamMerge expected = initial(store, base, models, settings);
        Coefficients initial = expected.coefficients();
        return expected.with(new Coefficients(
                initial.models(),
                StoredNumbers.read(folder.resolve(COEFFICIENTS), initial.values(), initial.models(), "coefficients",
                        REMEDY)));
    }

    private static ModelReference reference(Path file, JsonNode node) {
        String text = node.path("reference").textValue();
        if (text == null) {
            throw namesNoModels(file);
        }
        try {
            return ModelReference.parse(text);
        } catch (IllegalArgumentException e) {
            throw new CheckpointException(file, e.getMessage() + " " + REMEDY, e);
        }
    }

    private static CheckpointException namesNoModels(Path file) {
        return new CheckpointException(file, "names no models. " + REMEDY);
    }

    private static void checkUnchanged(
            Path file, List<ModelReference> models, List<String> then, ModelStore store) {
        List<String> now = ModelFingerprint.ofAll(models.stream().map(store::open).toList());
        for (int i = 0; i < models.size(); i++) {
            if (!now.get(i).equals(then.get(i))) {
                throw new CheckpointException(
                        file, "the model " + models.get(i) + " has changed since this was written. " + REMEDY);
            }
        }
    }
}
