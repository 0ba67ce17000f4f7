package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.LoraAdapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Merges of a model and an adapter that brings embeddings and a head. */
class AdapterMergeTest {
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final String HEAD = "lm_head.weight";
    private static final String PREFIX = "base_model.model.";

    @TempDir
    private Path folder;

    @Test
    void anOutputOfATiedBaseAndAnAdapterWithAHeadIsNotTied() throws IOException {
        new TinyModel(folder.resolve("base"))
                .config("{\"vocab_size\": 3, \"num_hidden_layers\": 1, \"tie_word_embeddings\": true}")
                .random(EMBEDDING, 3, 2)
                .random("model.layers.0.mlp.up_proj.weight", 4, 2)
                .write();
        Path adapter = new TinyModel(folder.resolve("lora"))
                .random(PREFIX + EMBEDDING, 3, 2)
                .random(PREFIX + HEAD, 3, 2)
                .write();
        Files.move(adapter.resolve("model.safetensors"), adapter.resolve("adapter_model.safetensors"));
        Files.writeString(adapter.resolve("adapter_config.json"), """
                {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "modules_to_save": ["lm_head", "embed_tokens"]}
                """);
        Path config = Files.writeString(
                folder.resolve("m.yml"), "merge_method: passthrough\nmodels: [{model: base+lora}]\n");
        try (LoraAdapter stored = LoraAdapter.open(adapter);
                MergeRun run = MergeRun.of(config, folder, MergeOptions.defaults(1), folder.resolve("out"))) {
            assertEquals(
                    "[lm_head.weight, model.embed_tokens.weight, model.layers.0.mlp.up_proj.weight]",
                    run.merged().tensors().keySet().toString());
            stored.replaced().forEach((name, tensor) -> assertEquals(
                    -1, tensor.data().mismatch(run.merged().tensor(name).data()), name));
            String described = Files.readString(folder.resolve("out/config.json")).replace(" ", "");
            assertTrue(described.contains("\"tie_word_embeddings\":false"), described);
        }
    }
}
