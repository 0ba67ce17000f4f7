package org.llmmerging.eval.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** With a vocabulary so large that the logits of four positions are as many as are held at once. */
class LogitChunksTest {
    private static final int VOCABULARY = 1 << 22;

    @TempDir
    private Path folder;

    @Test
    void projectsAFewPositionsAtATime() throws IOException {
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            // The logit of token v at position i is i · 2v.
            LanguageModel model = model(manager, manager.arange(2f * VOCABULARY).reshape(VOCABULARY, 2));
            NDArray hidden = HostArrays.floats(manager, new Shape(2, 6, 2), buffer -> {
                for (int i = 0; i < 12; i++) {
                    buffer.put(i).put(0);
                }
            });
            List<Integer> begins = new ArrayList<>();
            int[] positions = IntStream.range(1, 11).toArray();
            new LogitChunks(model).compute(hidden, positions, (scope, begin, logits) -> {
                begins.add(begin);
                assertEquals(new Shape(Math.min(4, 10 - begin), VOCABULARY), logits.getShape());
                for (int i = 0; i < logits.getShape().get(0); i++) {
                    assertEquals(positions[begin + i] * 2f * 1000, logits.getFloat(i, 1000));
                }
            });
            assertEquals(List.of(0, 4, 8), begins);
        }
    }

    @Test
    void refusesNaNWhereAPositionMeansSomething() throws IOException {
        try (NDManager manager = TorchEngine.newManager(Device.cpu())) {
            LogitChunks chunks = new LogitChunks(model(manager, manager.ones(new Shape(1, 2))));
            NDArray values = manager.create(new float[] {1, 2, Float.NaN, 4}, new Shape(2, 2));
            assertThrows(ModelRunException.class, () -> chunks.read(values));
            assertThrows(ModelRunException.class, () -> chunks.read(values, position -> position == 1));
            assertEquals(2, chunks.read(values, position -> position == 0)[1]);
        }
    }

    private LanguageModel model(NDManager manager, NDArray embedding) throws IOException {
        ObjectNode json = (ObjectNode) Golden.json(Golden.model("llama2").resolve("config.json"));
        json.put("vocab_size", VOCABULARY).put("hidden_size", 2).put("num_attention_heads", 1).put("head_dim", 2)
                .put("num_key_value_heads", 1).put("tie_word_embeddings", true);
        Files.writeString(folder.resolve("config.json"), json.toString());
        ModelConfig config = ModelConfig.read(folder);
        return LanguageModel.of(config, new Weights() {
            @Override
            public NDArray get(String name) {
                return embedding;
            }

            @Override
            public boolean contains(String name) {
                return name.equals(config.embeddingName());
            }
        }, manager);
    }
}
