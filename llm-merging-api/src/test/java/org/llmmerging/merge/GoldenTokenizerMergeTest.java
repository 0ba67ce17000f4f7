package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.checkpoint.SafetensorsFile;
import org.llmmerging.checkpoint.TensorInfo;
import org.llmmerging.config.MergeConfig;
import org.llmmerging.config.TokenizerConfig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Merges models of different vocabularies as mergekit did: embeddings are compared by token, all else by name. */
class GoldenTokenizerMergeTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/mergekit-tokenizer").toAbsolutePath();
    private static final float TOLERANCE = 1e-6f;

    @TempDir
    private Path folder;

    static List<String> cases() throws IOException {
        try (Stream<Path> folders = Files.list(GOLDEN)) {
            return folders.filter(each -> Files.exists(each.resolve("expected.safetensors")))
                    .map(each -> String.valueOf(each.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void givesEachTokenTheEmbeddingThatMergekitGives(String name) throws IOException {
        try (SafetensorsFile expected = SafetensorsFile.open(GOLDEN.resolve(name).resolve("expected.safetensors"));
                MergeRun run = run(name)) {
            assertEquals(expected.tensors(), run.merged().tensors());
            Map<String, Integer> wantedIds = ids(GOLDEN.resolve(name).resolve("expected_tokenizer.json"));
            Map<String, Integer> ids = ids(run.merged().folder().resolve("tokenizer.json"));
            assertEquals(wantedIds.keySet(), ids.keySet());
            for (TensorInfo tensor : expected.tensors().values()) {
                float[] wanted = Differences.read(expected.tensor(tensor.name()));
                float[] merged = Differences.read(run.merged().tensor(tensor.name()));
                if (tensor.name().equals("lm_head.weight") || tensor.name().equals("model.embed_tokens.weight")) {
                    int columns = (int) tensor.shape().columns();
                    wantedIds.forEach((token, id) -> assertRow(
                            row(wanted, id, columns), row(merged, ids.get(token), columns), tensor.name() + token));
                    for (int row = ids.size(); row < tensor.shape().rows(); row++) {
                        assertRow(row(wanted, row, columns), row(merged, row, columns), "padding row " + row);
                    }
                } else {
                    assertRow(wanted, merged, tensor.name());
                }
            }
        }
    }

    private static float[] row(float[] tensor, int row, int columns) {
        return Arrays.copyOfRange(tensor, row * columns, (row + 1) * columns);
    }

    private static void assertRow(float[] wanted, float[] merged, String of) {
        for (int i = 0; i < wanted.length; i++) {
            assertEquals(wanted[i], merged[i], TOLERANCE, of + " element " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void writesTheTokensAsMergekitDoes(String name) throws IOException {
        try (MergeRun run = run(name)) {
            JsonNode expected = json(GOLDEN.resolve(name).resolve("expected_tokenizer.json"));
            JsonNode tokenizer = json(run.merged().folder().resolve("tokenizer.json"));
            TokenizerConfig config = MergeConfig.read(GOLDEN.resolve(name).resolve("merge.yml")).getFirst().tokenizer();
            // Mergekit forgets that a token with a rule is special; we keep what its model says.
            Set<String> ruled = config == null ? Set.of() : config.tokens().keySet();
            assertEquals(addedTokens(expected, ruled), addedTokens(tokenizer, ruled));
            for (String part : List.of("model", "normalizer", "pre_tokenizer", "post_processor", "decoder")) {
                assertEquals(expected.path(part), tokenizer.path(part), part);
            }
            assertEquals(
                    json(GOLDEN.resolve(name).resolve("expected_config.json")).path("vocab_size"),
                    json(run.merged().folder().resolve("config.json")).path("vocab_size"));
        }
    }

    /** The added tokens by content, without the ids, which are ours to choose, and without the switches of some. */
    private static Map<String, JsonNode> addedTokens(JsonNode tokenizer, Set<String> withoutSwitches) {
        Map<String, JsonNode> tokens = new TreeMap<>();
        for (JsonNode token : tokenizer.path("added_tokens")) {
            ObjectNode copy = token.deepCopy();
            copy.remove("id");
            String content = token.path("content").asText();
            tokens.put(content, withoutSwitches.contains(content) ? copy.retain("content") : copy);
        }
        return tokens;
    }

    @Test
    void givesAZeroRowToATokenOfKindZero() throws IOException {
        try (MergeRun run = run("tokens_zero")) {
            Integer id = ids(run.merged().folder().resolve("tokenizer.json")).get("<|unused|>");
            assertNotNull(id);
            for (String tensor : List.of("lm_head.weight", "model.embed_tokens.weight")) {
                float[] merged = Differences.read(run.merged().tensor(tensor));
                assertRow(new float[12], row(merged, id, 12), tensor);
            }
        }
    }

    @Test
    void writesTheChatTemplateWhereOldAndNewReadersLook() throws IOException {
        try (MergeRun run = run("chat_template_chatml")) {
            String template = Files.readString(run.merged().folder().resolve("chat_template.jinja"));
            assertTrue(template.contains("<|im_start|>"), template);
            assertEquals(
                    template,
                    json(run.merged().folder().resolve("tokenizer_config.json"))
                            .path("chat_template")
                            .asText());
        }
    }

    @Test
    void listsNewSpecialTokensInTheSettingsThatListThem() throws IOException {
        try (MergeRun run = run("tokens_force")) {
            JsonNode settings = json(run.merged().folder().resolve("tokenizer_config.json"));
            List<String> special = new ArrayList<>();
            settings.path("extra_special_tokens").forEach(token -> special.add(token.asText()));
            assertEquals(List.of("<|im_start|>", "<|im_end|>", "<|user|>"), special);
        }
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    private static Map<String, Integer> ids(Path file) throws IOException {
        Map<String, Integer> ids = new TreeMap<>();
        JsonNode tokenizer = json(file);
        tokenizer.path("model").path("vocab").properties().forEach(token -> ids.put(
                token.getKey(), token.getValue().asInt()));
        for (JsonNode token : tokenizer.path("added_tokens")) {
            ids.put(token.path("content").asText(), token.path("id").asInt());
        }
        return ids;
    }

    private MergeRun run(String name) {
        return MergeRun.of(
                GOLDEN.resolve(name).resolve("merge.yml"), GOLDEN, MergeOptions.defaults(42), folder.resolve("out"));
    }
}
