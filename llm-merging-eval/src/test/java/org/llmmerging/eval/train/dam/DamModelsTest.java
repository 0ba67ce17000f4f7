package org.llmmerging.eval.train.dam;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.LoraAdapter;
import org.llmmerging.checkpoint.SourceModel;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.tensor.Shape;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class DamModelsTest {
    private static final Path BASE = Path.of(System.getProperty("llm.merging.home"), "models", "llama3", "base");

    @TempDir
    Path folder;

    @Test
    void refusesAnAdapterThatGivesTheModelAHeadOfItsOwn() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(BASE)) {
            Shape embedding = Objects.requireNonNull(checkpoint.tensors().get("model.embed_tokens.weight")).shape();
            writeAdapter(embedding.dimension(0), embedding.dimension(1));
            try (LoraAdapter adapter = LoraAdapter.open(folder)) {
                SourceModel base = new SourceModel("base", checkpoint, null);
                assertDoesNotThrow(() -> DamModels.checkSame(base, base));
                SourceModel adapted = new SourceModel("base+lora", checkpoint, adapter);
                CheckpointException refused = assertThrows(
                        CheckpointException.class, () -> DamModels.checkSame(base, adapted));
                assertTrue(
                        refused.getMessage()
                                .contains("has a tensor lm_head.weight of its own with the adapter base+lora"),
                        refused.getMessage());
            }
        }
    }

    @Test
    void refusesAModelWithAHeadOfItsOwnOnABaseWithout() throws IOException {
        Golden.copy(BASE, folder, "config.json");
        Path config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceAll(
                "\"tie_word_embeddings\": *true", "\"tie_word_embeddings\": false"));
        try (Checkpoint checkpoint = Checkpoint.open(BASE)) {
            writeWithHead(Objects.requireNonNull(checkpoint.tensors().get("model.embed_tokens.weight")).shape());
            try (Checkpoint headed = Checkpoint.open(folder)) {
                SourceModel base = new SourceModel("base", checkpoint, null);
                CheckpointException refused = assertThrows(
                        CheckpointException.class,
                        () -> DamModels.checkSame(base, new SourceModel("headed", headed, null)));
                assertTrue(
                        refused.getMessage().contains("has an output head lm_head.weight of its own, and the base"),
                        refused.getMessage());
            }
        }
    }

    /** The base's weights and a head of zeros. */
    private void writeWithHead(Shape embedding) throws IOException {
        ByteBuffer base = ByteBuffer.wrap(Files.readAllBytes(BASE.resolve("model.safetensors")))
                .order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[Math.toIntExact(base.getLong())];
        base.get(header);
        int begin = base.remaining();
        int end = begin + Math.toIntExact(4 * embedding.dimension(0) * embedding.dimension(1));
        byte[] extended = new String(header, StandardCharsets.UTF_8)
                .replaceFirst("\\{",
                        "{\"lm_head.weight\": {\"dtype\": \"F32\", \"shape\": [%d, %d], \"data_offsets\": [%d, %d]}, "
                                .formatted(embedding.dimension(0), embedding.dimension(1), begin, end))
                .getBytes(StandardCharsets.UTF_8);
        ByteBuffer content = ByteBuffer.allocate(8 + extended.length + end).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(folder.resolve("model.safetensors"),
                content.putLong(extended.length).put(extended).put(base).array());
    }

    /** Factors of rank 1 for the embedding. */
    private void writeAdapter(long tokens, long width) throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), """
                {"peft_type": "LORA", "r": 1, "lora_alpha": 1, "target_modules": ["embed_tokens"],
                 "base_model_name_or_path": "base"}
                """);
        String name = "base_model.model.model.embed_tokens.lora_embedding_";
        byte[] header = """
                {"%1$sA": {"dtype": "F32", "shape": [1, %2$d], "data_offsets": [0, %3$d]},
                 "%1$sB": {"dtype": "F32", "shape": [%4$d, 1], "data_offsets": [%3$d, %5$d]}}
                """.formatted(name, tokens, 4 * tokens, width, 4 * (tokens + width)).getBytes(StandardCharsets.UTF_8);
        ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(8 + header.length + 4 * (tokens + width)))
                .order(ByteOrder.LITTLE_ENDIAN);
        Files.write(folder.resolve("adapter_model.safetensors"), content.putLong(header.length).put(header).array());
    }
}
