package org.llmmerging.eval.train.dam;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.train.RepositoryFiles;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.MergeListener;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.ModelStore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

class DamOutputTest {
    @TempDir
    private Path folder;

    @Test
    void anOutputThatWillHaveNoTokenizerIsNotedBeforeTheTraining() throws IOException {
        Path base = Files.createDirectory(folder.resolve("base"));
        Golden.copy(RepositoryFiles.folder("models/llama2/base"), base, "");
        assertEquals(List.of(), notes(base));
        Files.delete(base.resolve("tokenizer.json"));
        assertEquals(List.of("the output will have no tokenizer.json, for the base " + base
                + " has none. It cannot be evaluated without one"), notes(base));
    }

    @Test
    void theCoefficientsOfABaseAmongTheModelsAreItsOwn() {
        ModelReference base = ModelReference.of(RepositoryFiles.folder("models/llama2/base").toString());
        try (ModelStore store = store()) {
            DamMerge untrained = merge(store, base, List.of(base, adapted(base)));
            Map<String, float[]> ofFirst = new LinkedHashMap<>();
            untrained.coefficients().values().forEach((tensor, initial) -> {
                float[] values = new float[initial.length];
                Arrays.fill(values, 0, initial.length / 2, 1);
                ofFirst.put(tensor, values);
            });
            output(untrained, store, MergeListener.NONE).write(new Coefficients(2, ofFirst), Map.of(), folder);
            String tensor = "model.layers.0.self_attn.q_proj.weight";
            float[] expected = weights(store.open(base), tensor);
            assertArrayEquals(expected, weights(store.open(ModelReference.of(folder.toString())), tensor));
            assertFalse(Arrays.equals(expected, weights(store.open(adapted(base)), tensor)));
        }
    }

    private static float[] weights(SourceModel model, String tensor) {
        TensorSource source = model.source(tensor);
        float[] weights = new float[Math.toIntExact(source.info().shape().elements())];
        source.read(0, weights, weights.length);
        return weights;
    }

    private List<String> notes(Path folderOfBase) {
        List<String> notes = new ArrayList<>();
        MergeListener listener = new MergeListener() {
            @Override
            public void note(String note) {
                notes.add(note);
            }
        };
        ModelReference base = ModelReference.of(folderOfBase.toString());
        try (ModelStore store = store()) {
            output(merge(store, base, List.of(adapted(base))), store, listener).check(folder);
        }
        return notes;
    }

    private static ModelReference adapted(ModelReference base) {
        Path adapter = RepositoryFiles.folder("models/llama2/summaries");
        return new ModelReference(base.path(), null, ModelReference.of(adapter.toString()));
    }

    private static DamMerge merge(ModelStore store, ModelReference base, List<ModelReference> models) {
        return DamMerge.initial(base, store.open(base), models, models.stream().map(store::open).toList(),
                CoefficientSettings.ofLinearLayers(1));
    }

    private DamOutput output(DamMerge untrained, ModelStore store, MergeListener listener) {
        return new DamOutput(untrained, store, folder.resolve("dam.json"), 1, listener);
    }

    private ModelStore store() {
        return new ModelStore(new ModelLocator(List.of(folder), new HubCache(Path.of("none"))));
    }
}
