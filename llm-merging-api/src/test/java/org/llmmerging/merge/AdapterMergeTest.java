package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.LoraAdapter;
import org.llmmerging.plugin.PluginRegistry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
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

    /** As the adapter of a model of 7 billion parameters, beside a base of another family. */
    @Test
    void anAdapterThatDoesNotFitIsReportedWithItsRemedy() throws IOException {
        new TinyModel(folder.resolve("base")).random(EMBEDDING, 3, 2).write();
        TinyModel lora = new TinyModel(folder.resolve("lora"));
        for (int module = 0; module < 224; module++) {
            String name = PREFIX + "model.layers.%03d.self_attn.q_proj".formatted(module);
            lora.random(name + ".lora_A.weight", 2, 3).random(name + ".lora_B.weight", 5, 2);
        }
        Path adapter = lora.write();
        Files.move(adapter.resolve("model.safetensors"), adapter.resolve("adapter_model.safetensors"));
        Files.writeString(adapter.resolve("adapter_config.json"), """
                {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "base_model_name_or_path": "org/other"}
                """);
        GoldenModels golden = new GoldenModels(folder);
        try (PluginRegistry registry = PluginRegistry.load(List.of())) {
            CheckpointException refusal = assertThrows(CheckpointException.class, () -> golden.plan(
                    "merge_method: passthrough\nmodels: [{model: base+lora}]\n", MergeOptions.defaults(1), null,
                    registry).close());
            String message = String.valueOf(refusal.getMessage());
            assertEquals(folder.resolve("merge.yml") + ":2:10: " + adapter + ": does not fit the base model "
                    + folder.resolve("base") + ": the base lacks \"model.layers.000.self_attn.q_proj.weight\"",
                    message.split("; ", 2)[0]);
            assertTrue(message.endsWith("the base lacks \"model.layers.009.self_attn.q_proj.weight\"; and 214 more like"
                    + " these. Give the adapter's own base model. It was trained on \"org/other\"."), message);
        }
    }
}
