package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

/** What config.json says of single layers goes with them: transformers refuses a list of another length. */
class PerLayerConfigTest {
    private static final String SLICES = """
            merge_method: passthrough
            slices:
              - sources: [{model: a, layer_range: [0, 2]}]
              - sources: [{model: b, layer_range: [1, 3]}]
            """;

    @TempDir
    private Path folder;

    @Test
    void listsFollowTheLayersFromTheirModels() throws IOException {
        write("a", ", \"layer_types\": [\"s\", \"f\", \"s\"], \"no_rope_layers\": [1, 1, 0], \"mlp_only_layers\": [1]");
        write("b", ", \"layer_types\": [\"s\", \"s\", \"f\"], \"no_rope_layers\": [0, 1, 0], \"mlp_only_layers\": [2]");

        JsonNode config = merge(SLICES);

        assertEquals(4, config.get("num_hidden_layers").asInt());
        assertEquals("[\"s\",\"f\",\"s\",\"f\"]", config.get("layer_types").toString());
        assertEquals("[1,1,1,0]", config.get("no_rope_layers").toString());
        assertEquals("[1,3]", config.get("mlp_only_layers").toString());
    }

    @Test
    void aModelThatSaysNothingLeavesTheListAlone() throws IOException {
        write("a", ", \"layer_types\": [\"s\", \"f\", \"s\"]");
        write("b", "");

        assertEquals("[\"s\",\"f\",\"s\"]", merge(SLICES).get("layer_types").toString());
    }

    @Test
    void nothingIsAddedWhereNothingWas() throws IOException {
        write("a", "");
        write("b", "");

        assertFalse(merge(SLICES).has("layer_types"));
    }

    @Test
    void kindsOfAttentionThatFollowARuleAreListedWhereTheRuleWouldChangeThem() throws IOException {
        write("a", ", \"model_type\": \"gemma2\"");
        write("b", ", \"model_type\": \"gemma2\"");

        assertEquals("[\"sliding_attention\",\"full_attention\",\"full_attention\",\"sliding_attention\"]",
                merge(SLICES).get("layer_types").toString());
        assertFalse(merge(SLICES.replace("[1, 3]", "[0, 2]")).has("layer_types"));
    }

    @Test
    void aRuleWithAPeriodOfItsOwnStandsForAListToo() throws IOException {
        write("a", ", \"text_config\": {\"model_type\": \"gemma3_text\", \"layer_types\": [\"s\", \"f\", \"s\"]}");
        write("b", ", \"text_config\": {\"model_type\": \"gemma3_text\", \"sliding_window_pattern\": 3}");

        JsonNode config = merge(SLICES);

        assertFalse(config.has("layer_types"));
        assertEquals("[\"s\",\"f\",\"sliding_attention\",\"full_attention\"]",
                config.get("text_config").get("layer_types").toString());
    }

    private void write(String name, String more) {
        TinyModel model = new TinyModel(folder.resolve(name))
                .config("{\"num_hidden_layers\": 3, \"vocab_size\": 3" + more + "}")
                .random("model.embed_tokens.weight", 3, 2)
                .random("model.norm.weight", 2)
                .random("lm_head.weight", 3, 2);
        for (int layer = 0; layer < 3; layer++) {
            model.random("model.layers." + layer + ".mlp.up_proj.weight", 2, 2);
        }
        model.write();
    }

    private JsonNode merge(String configuration) throws IOException {
        Path file = Files.writeString(folder.resolve("c.yml"), configuration);
        Path output = folder.resolve("out");
        try (MergeRun run = MergeRun.of(file, folder, MergeOptions.defaults(1), output)) {
            return new ObjectMapper().readTree(output.resolve("config.json").toFile());
        }
    }
}
