package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.Checkpoint;
import org.llmmerging.config.ConfigException;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** The encoder and the decoder of one model may be made in different ways. */
class ModulesTest {
    private static final String ENCODER_LAYER = "encoder.block.%d.layer.0.SelfAttention.q.weight";
    private static final String DECODER_LAYER = "decoder.block.%d.layer.0.SelfAttention.q.weight";

    @TempDir
    private Path folder;

    @BeforeEach
    void writeModels() {
        for (String name : List.of("a", "b")) {
            TinyModel model = new TinyModel(folder.resolve(name))
                    .config("{\"num_layers\": 2, \"vocab_size\": 3, \"is_encoder_decoder\": true}")
                    .random("shared.weight", 3, 2)
                    .random("encoder.final_layer_norm.weight", 2)
                    .random("decoder.final_layer_norm.weight", 2)
                    .random("lm_head.weight", 3, 2);
            for (int layer = 0; layer < 2; layer++) {
                model.random(ENCODER_LAYER.formatted(layer), 2, 2).random(DECODER_LAYER.formatted(layer), 2, 2);
            }
            model.write();
        }
    }

    /** T5's table stands in the first layer of a stack and serves all of its layers. */
    @Test
    void theTableOfRelativePositionsStaysInTheFirstLayer() throws IOException {
        String table = "%s.block.0.layer.0.SelfAttention.relative_attention_bias.weight";
        TinyModel model = new TinyModel(folder.resolve("t5"))
                .config("{\"num_layers\": 3, \"vocab_size\": 3, \"is_encoder_decoder\": true}")
                .random("shared.weight", 3, 2)
                .random(table.formatted("encoder"), 4, 2)
                .random(table.formatted("decoder"), 4, 2);
        for (int layer = 0; layer < 3; layer++) {
            model.random(ENCODER_LAYER.formatted(layer), 2, 2).random(DECODER_LAYER.formatted(layer), 2, 2);
        }
        model.write();
        try (MergeRun run = run("""
                merge_method: passthrough
                modules:
                  encoder:
                    slices: [{sources: [{model: t5, layer_range: [1, 3]}]}]
                  decoder:
                    slices:
                    - sources: [{model: t5, layer_range: [0, 2]}]
                    - sources: [{model: t5, layer_range: [0, 2]}]
                  shared:
                    models: [{model: t5}]
                """)) {
            Checkpoint merged = run.merged();
            assertSame("t5", table.formatted("encoder"), merged, table.formatted("encoder"));
            assertSame("t5", ENCODER_LAYER.formatted(1), merged, ENCODER_LAYER.formatted(0));
            assertEquals(
                    Set.of(table.formatted("encoder"), table.formatted("decoder")),
                    merged.tensors().keySet().stream().filter(name -> name.contains("bias")).collect(toSet()));
        }
    }

    private MergeRun run(String configuration) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), configuration);
        return MergeRun.of(file, folder, MergeOptions.defaults(1), folder.resolve("out"));
    }

    private float[] tensor(String model, String name) {
        try (Checkpoint checkpoint = Checkpoint.open(folder.resolve(model))) {
            return Differences.read(checkpoint.tensor(name));
        }
    }

    @Test
    void eachModuleHasItsOwnModelsAndSlices() throws IOException {
        try (MergeRun run = run("""
                merge_method: passthrough
                modules:
                  encoder:
                    slices:
                    - sources: [{model: a, layer_range: [0, 2]}]
                    - sources: [{model: a, layer_range: [1, 2]}]
                  decoder:
                    models: [{model: b}]
                  shared:
                    models: [{model: b}]
                """)) {
            Checkpoint merged = run.merged();
            assertEquals(
                    Set.of(
                            "shared.weight",
                            "lm_head.weight",
                            "encoder.final_layer_norm.weight",
                            "decoder.final_layer_norm.weight",
                            ENCODER_LAYER.formatted(0),
                            ENCODER_LAYER.formatted(1),
                            ENCODER_LAYER.formatted(2),
                            DECODER_LAYER.formatted(0),
                            DECODER_LAYER.formatted(1)),
                    merged.tensors().keySet());
            assertSame("a", ENCODER_LAYER.formatted(1), merged, ENCODER_LAYER.formatted(2));
            assertSame("a", "encoder.final_layer_norm.weight", merged, "encoder.final_layer_norm.weight");
            assertSame("b", DECODER_LAYER.formatted(0), merged, DECODER_LAYER.formatted(0));
            assertSame("b", "shared.weight", merged, "shared.weight");
            assertSame("b", "lm_head.weight", merged, "lm_head.weight");
            JsonNode config = new ObjectMapper()
                    .readTree(merged.folder().resolve("config.json").toFile());
            assertEquals(3, config.path("num_layers").asInt());
            assertEquals(2, config.path("num_decoder_layers").asInt(), "which was num_layers before");
        }
    }

    @Test
    void whatIsNeithersGoesWithTheFirstModule() throws IOException {
        try (MergeRun run = run("""
                merge_method: passthrough
                modules:
                  decoder: {models: [{model: b}]}
                  encoder: {models: [{model: a}]}
                """)) {
            assertSame("b", "shared.weight", run.merged(), "shared.weight");
            assertSame("a", ENCODER_LAYER.formatted(0), run.merged(), ENCODER_LAYER.formatted(0));
        }
    }

    private void assertSame(String model, String tensor, Checkpoint merged, String output) {
        assertArrayEquals(tensor(model, tensor), Differences.read(merged.tensor(output)), output);
    }

    @Test
    void aModuleMayNotBeLeftOut() {
        ConfigException refusal = assertThrows(ConfigException.class, () -> run("""
                merge_method: passthrough
                modules:
                  encoder: {models: [{model: a}]}
                """));
        assertEquals(
                "c.yml:3:3: the models also have the module 'decoder', which the output would lack."
                        + " Add it under modules:",
                told(refusal));
    }

    /** What is not the encoder's, such as the layers of a decoder by another name, goes with the first module. */
    @Test
    void aModuleThatNoTensorBelongsToIsRefused() {
        new TinyModel(folder.resolve("vision"))
                .config("{\"vocab_size\": 3}")
                .random("language_model.layers.0.mlp.up_proj.weight", 2, 2)
                .random("vision_tower.encoder.layers.0.mlp.fc1.weight", 2, 2)
                .write();
        ConfigException refusal = assertThrows(ConfigException.class, () -> run("""
                merge_method: passthrough
                modules:
                  encoder: {models: [{model: vision}]}
                  decoder: {slices: [{sources: [{model: vision, layer_range: [0, 1]}]}]}
                """));
        assertEquals(
                "c.yml:4:12: neither its models nor the base have a tensor of the module 'decoder'. Name models that"
                        + " have it, or remove it",
                told(refusal));
    }

    @Test
    void aModuleThatItsOwnModelsLackIsRefused() {
        new TinyModel(folder.resolve("encoder-only"))
                .config("{\"num_layers\": 1, \"vocab_size\": 3}")
                .random("shared.weight", 3, 2)
                .random(ENCODER_LAYER.formatted(0), 2, 2)
                .write();
        ConfigException refusal = assertThrows(ConfigException.class, () -> run("""
                merge_method: passthrough
                modules:
                  decoder: {models: [{model: encoder-only}]}
                  encoder: {models: [{model: a}]}
                """));
        assertEquals(
                "c.yml:3:12: neither its models nor the base have a tensor of the module 'decoder'. Name models that"
                        + " have it, or remove it",
                told(refusal));
        refusal = assertThrows(ConfigException.class, () -> run("""
                merge_method: passthrough
                modules:
                  encoder: {models: [{model: a}]}
                  decoder:
                    slices:
                    - sources: [{model: a, layer_range: [0, 2]}]
                    - sources: [{model: encoder-only, layer_range: [0, 1]}]
                """));
        assertEquals(
                "c.yml:7:17: encoder-only has no layers here that layer_range could take. Name a model that has some,"
                        + " or merge it whole, under models:",
                told(refusal));
    }

    @Test
    void slicesOfTheWholeCannotTellTheStacksApart() {
        ConfigException refusal = assertThrows(ConfigException.class, () -> run("""
                merge_method: passthrough
                slices:
                - sources: [{model: a, layer_range: [0, 1]}]
                """));
        assertEquals(
                "c.yml:3:13: a has several stacks of layers, decoder.block and encoder.block, which layer_range cannot"
                        + " tell apart. Slice each of them under modules:, which takes encoder, decoder and shared",
                told(refusal));
    }

    /** As of a decoder with a vision tower. */
    @Test
    void stacksThatNoModulesTellApartAreNotToBeSliced() {
        new TinyModel(folder.resolve("vision"))
                .config("{\"vocab_size\": 3}")
                .random("model.layers.0.mlp.up_proj.weight", 2, 2)
                .random("visual.blocks.0.mlp.fc1.weight", 2, 2)
                .write();
        ConfigException refusal = assertThrows(ConfigException.class, () -> run("""
                merge_method: passthrough
                slices:
                - sources: [{model: vision, layer_range: [0, 1]}]
                """));
        assertEquals(
                "c.yml:3:13: vision has several stacks of layers, model.layers and visual.blocks, which layer_range"
                        + " cannot tell apart. Merge whole models, under models:",
                told(refusal));
    }

    private String told(ConfigException refusal) {
        return String.valueOf(refusal.getMessage())
                .replace(folder.resolve("c.yml").toString(), "c.yml")
                .strip();
    }
}
