package org.llmmerging.endtoend;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code logits} gives what transformers and PEFT give. */
class LogitsIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "flan_t5,", "flan_t5_b,", "gemma,", "gemma2,", "llama2,", "llama2_b,", "llama2_bf16,", "llama2_sharded,",
        "llama3,", "llama3_short,", "llama_linear,", "mistral,", "mistral_nemo,", "qwen2,", "t5_v10,",
        "flan_t5, flan_t5_cfg518", "gemma2, gemma2_cfg518", "llama2, llama2_cfg439", "llama3, llama3_cfg518",
        "qwen2, qwen2_cfg518", "t5_v10, t5_v10_cfg439", "t5_v10, t5_v10_cfg518"
    })
    void logitsAreThoseOfTransformers(String name, String variant) throws Exception {
        Path model = Files.createDirectory(folder.resolve("model"));
        GoldenFiles.copy(GoldenFiles.FOLDER.resolve("models").resolve(name), model, "");
        if (variant != null) {
            GoldenFiles.copy(GoldenFiles.FOLDER.resolve("variants").resolve(variant), model, "");
        }
        GoldenLogits.check(folder, model, GoldenFiles.FOLDER.resolve(name + ".json"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "flan_t5_lora_r4", "flan_t5_lora_r4b", "flan_t5_lora_r8", "llama2_lora_all_r8", "llama2_lora_pattern",
                "llama2_lora_r4", "llama2_lora_r8", "llama2_lora_rs"
            })
    void logitsOfAModelWithItsAdapterMergedAreThoseOfPeft(String adapter) throws Exception {
        Path reference = GoldenFiles.shared(adapter + ".json");
        Path base = GoldenFiles.FOLDER.resolve("models").resolve(
                GoldenFiles.json(reference).path("base_model").asText());
        Path config = Files.writeString(folder.resolve("merge.yml"), """
                merge_method: passthrough
                dtype: float32
                models:
                  - model: %s+%s
                """.formatted(base, GoldenFiles.shared("adapters/" + adapter)));
        Path merged = folder.resolve("merged");
        Kit.in(folder).run("merge", config, merged, "--quiet").succeeded();
        GoldenLogits.check(folder, merged, reference);
    }
}
