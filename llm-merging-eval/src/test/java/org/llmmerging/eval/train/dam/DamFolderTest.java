package org.llmmerging.eval.train.dam;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.model.LargeModel;
import org.llmmerging.eval.model.ModelRunException;
import org.llmmerging.eval.train.FloatTensorFile;
import org.llmmerging.eval.train.RepositoryFiles;
import org.llmmerging.eval.train.dam.DamTraining.Earlier;
import org.llmmerging.eval.train.dam.DamTraining.Logits;
import org.llmmerging.eval.train.dam.LlamaTraining.Steps;
import org.llmmerging.eval.train.dam.data.DamDataListener;
import org.llmmerging.eval.train.dam.data.DamDataMaker;
import org.llmmerging.eval.train.dam.data.DamDataOptions;
import org.llmmerging.eval.train.dam.data.StoredLogits;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.MergeListener;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.ModelStore;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.llmmerging.eval.train.dam.LlamaTraining.settings;

class DamFolderTest {
    @TempDir
    private Path folder;

    private LlamaTraining training;
    private Path merge;
    private Path data;

    @BeforeEach
    void prepare() throws IOException {
        training = new LlamaTraining(folder);
        merge = training.merge();
        data = training.dataset("data", training.groups());
    }

    private Path train(String name, TrainingSettings settings, Earlier earlier, TrainingListener listener) {
        return training.train(name, data, Logits.LIVE, settings, earlier, listener);
    }

    @Test
    void neverReplacesAModel() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
        Files.writeString(model.resolve("model.safetensors"), "");
        OutputException merged = assertThrows(OutputException.class, () -> training.makeMerge("model"));
        assertTrue(merged.getMessage().startsWith(model + ": holds a model"), merged.getMessage());
        OutputException rows = assertThrows(OutputException.class, () -> makeRows(model));
        assertTrue(rows.getMessage().startsWith(model + ": holds a model"), rows.getMessage());
    }

    @Test
    void neverReplacesAnOutputOfAnotherKind() throws IOException {
        OutputException merged = assertThrows(OutputException.class, () -> training.makeMerge("data"));
        assertTrue(merged.getMessage().startsWith(data + ": holds \"dataset.json\", "), merged.getMessage());
        training.makeMerge(merge.getFileName().toString());
        OutputException rows = assertThrows(OutputException.class, () -> makeRows(merge));
        assertTrue(rows.getMessage().startsWith(merge + ": holds \"coefficients.safetensors\", \"dam.json\", which"),
                rows.getMessage());
    }

    private static void makeRows(Path target) {
        DamDataOptions options = new DamDataOptions(
                "base", 1, "rows", 1, StoredLogits.NONE, 0, 1, false, false, Device.cpu());
        try (ModelStore store = new ModelStore(
                new ModelLocator(List.of(Path.of("").toAbsolutePath()), new HubCache(Path.of("none"))))) {
            SourceModel base = store.open(ModelReference.of(RepositoryFiles.folder("models/llama2/base").toString()));
            new DamDataMaker(options, DamDataListener.of(MergeListener.NONE)).make(base, List.of(), target, List.of());
        }
    }

    @Test
    void refusesAMergeOfAnEarlierVersion() throws IOException {
        Path description = merge.resolve("dam.json");
        String text = Files.readString(description);
        Files.writeString(description, text.replace("\"format_version\": 2", "\"format_version\": 1"));
        CheckpointException problem = assertThrows(
                CheckpointException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(problem.getMessage().contains("has format_version 1, this version reads 2"), problem.getMessage());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void refusesModelsThatTheMachineHasNoMemoryForBeforeItReadsThem() throws IOException {
        Path model = Files.createDirectory(folder.resolve("large"));
        LargeModel.write(model);
        String reference = "{\"reference\": \"%s\", \"fingerprint\": \"not looked at\"}".formatted(model);
        Files.writeString(merge.resolve("dam.json"),
                "{\"format_version\": 2, \"base_model\": %s, \"models\": [%s]}".formatted(reference, reference));
        ModelRunException problem = assertThrows(
                ModelRunException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(problem.getMessage().contains("memory does not suffice for the weights of 2 models"),
                problem.getMessage());
    }

    @Test
    void refusesAMergeThatNamesAModelWrongly() throws IOException {
        Path description = merge.resolve("dam.json");
        String text = Files.readString(description);
        Files.writeString(description, text.replaceFirst("\"reference\": \"[^\"]*\"", "\"reference\": \"\""));
        CheckpointException problem = assertThrows(
                CheckpointException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(problem.getMessage().startsWith(description + ": '' lacks a path."), problem.getMessage());
    }

    @Test
    void refusesDamagedCoefficientsWithTheRemedyForAMerge() throws IOException {
        Path file = merge.resolve("coefficients.safetensors");
        byte[] whole = Files.readAllBytes(file);
        Map<String, float[]> values = FloatTensorFile.read(file, 2, "");
        Files.write(file, Arrays.copyOf(whole, whole.length - 1));
        assertRefused(file, "is damaged or cannot be read. ");
        Files.delete(file);
        assertRefused(file, "is missing. ");
        FloatTensorFile.write(file, values, 1);
        String tensor = values.keySet().iterator().next();
        assertRefused(file, tensor + " is of shape [1, " + values.get(tensor).length + "], expected 2 rows. ");
        Files.delete(file);
        float[] first = values.values().iterator().next();
        first[first.length - 1] = Float.NaN;
        FloatTensorFile.write(file, values, 2);
        assertRefused(file, "has a NaN or an infinity among the coefficients for ");
    }

    private void assertRefused(Path file, String problem) {
        CheckpointException refused = assertThrows(
                CheckpointException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
        String message = refused.getMessage();
        assertTrue(message.startsWith(file + ": " + problem), message);
        assertTrue(message.endsWith(". Make it again with dam merge"), message);
    }

    @Test
    void refusesAMergeOfNoModels() throws IOException {
        Path description = merge.resolve("dam.json");
        String text = Files.readString(description);
        Files.writeString(description, text.replaceFirst("\"models\": \\[", "\"models\": [], \"others\": ["));
        assertRefused(description, "names no models");
    }

    @Test
    void refusesAMergeWhoseAdapterHasChanged() throws IOException {
        Path config = folder.resolve("reasoning/adapter_config.json");
        String text = Files.readString(config);
        Files.writeString(config, text.replace("\"lora_alpha\": 16", "\"lora_alpha\": 17"));
        assertNotEquals(text, Files.readString(config));
        CheckpointException problem = assertThrows(
                CheckpointException.class, () -> train("out", settings(0.01), Earlier.REFUSE, new Steps()));
        assertTrue(problem.getMessage().contains(config.getParent() + " has changed since"), problem.getMessage());
    }
}
