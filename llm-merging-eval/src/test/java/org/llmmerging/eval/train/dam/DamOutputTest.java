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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.llmmerging.checkpoint.RoundedSource;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.checkpoint.TensorSource;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.train.RepositoryFiles;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.MergeListener;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.ModelStore;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
                + " has none. It cannot be evaluated without one. Copy the tokenizer's files from a fine-tune"),
                notes(base));
    }

    /** Each time the coefficients of one model are 1, and those of the others 0. */
    @ParameterizedTest
    @CsvSource({"base reasoning", "base reasoning summaries", "reasoning base summaries", "reasoning summaries base",
        "base base reasoning", "reasoning summaries"})
    void everyModelsCoefficientsAreItsOwnWhereverTheBaseIsListed(String listed) throws IOException {
        ModelReference base = ModelReference.of(RepositoryFiles.folder("models/llama2/base").toString());
        List<ModelReference> models = Arrays.stream(listed.split(" "))
                .map(name -> name.equals("base") ? base : adapted(base, name))
                .toList();
        try (ModelStore store = store()) {
            for (boolean withBase : new boolean[] {false, true}) {
                DamMerge untrained = merge(store, base, models, withBase);
                List<ModelReference> merged = new ArrayList<>(models);
                if (withBase) {
                    merged.add(base);
                }
                for (int one = 0; one < merged.size(); one++) {
                    Path written = Files.createDirectory(folder.resolve(withBase + "-" + one));
                    output(untrained, store, MergeListener.NONE).write(only(one, untrained), Map.of(), written);
                    assertArrayEquals(
                            weights(store.open(merged.get(one))),
                            weights(store.open(ModelReference.of(written.toString()))));
                }
            }
        }
    }

    private static Coefficients only(int one, DamMerge untrained) {
        int models = untrained.coefficients().models();
        Map<String, float[]> ofOne = new LinkedHashMap<>();
        untrained.coefficients().values().forEach((tensor, initial) -> {
            float[] values = new float[initial.length];
            int columns = initial.length / models;
            Arrays.fill(values, one * columns, (one + 1) * columns, 1);
            ofOne.put(tensor, values);
        });
        return new Coefficients(models, ofOne);
    }

    /** Of one tensor, in the type of the output. */
    private static float[] weights(SourceModel model) {
        TensorSource source = RoundedSource.of(model.source("model.layers.0.self_attn.q_proj.weight"), DType.BF16);
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
            output(merge(store, base, List.of(adapted(base, "summaries")), false), store, listener).check(folder);
        }
        return notes;
    }

    private static ModelReference adapted(ModelReference base, String name) {
        Path adapter = RepositoryFiles.folder("models/llama2").resolve(name);
        return new ModelReference(base.path(), null, ModelReference.of(adapter.toString()));
    }

    private static DamMerge merge(
            ModelStore store, ModelReference base, List<ModelReference> models, boolean withBase) {
        return DamMerge.initial(base, store.open(base), models, models.stream().map(store::open).toList(),
                CoefficientSettings.ofLinearLayers(1).withBaseModel(withBase));
    }

    private DamOutput output(DamMerge untrained, ModelStore store, MergeListener listener) {
        return new DamOutput(untrained, store, folder.resolve("dam.json"), 1, listener);
    }

    private ModelStore store() {
        return new ModelStore(new ModelLocator(List.of(folder), new HubCache(Path.of("none"))));
    }
}
