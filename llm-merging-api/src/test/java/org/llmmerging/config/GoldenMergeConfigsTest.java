package org.llmmerging.config;

import java.io.IOException;
import java.io.Reader;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

/** Nothing that a mergekit file says is lost: what is read, written out again, is what a plain YAML loader finds. */
class GoldenMergeConfigsTest {
    private static final Position NOWHERE = Position.of(Path.of("none"));

    static Stream<Path> files() throws IOException, URISyntaxException {
        URL golden = GoldenMergeConfigsTest.class.getResource("/golden");
        assertNotNull(golden);
        try (Stream<Path> files = Files.walk(Path.of(golden.toURI()))) {
            return files.filter(file -> file.endsWith("merge.yml")).sorted().toList().stream();
        }
    }

    @Test
    void thereAreGoldenFiles() throws IOException, URISyntaxException {
        assertEquals(124, files().count());
    }

    @ParameterizedTest
    @MethodSource("files")
    void keepsAllThatTheFileSays(Path file) throws IOException {
        List<MergeConfig> configs = MergeConfig.read(file);

        assertEquals(1, configs.size());
        try (Reader reader = Files.newBufferedReader(file)) {
            assertEquals(normal(new Yaml().load(reader)), document(configs.getFirst()));
        }
    }

    /** Numbers as float64. */
    private static Object normal(Object loaded) {
        return switch (loaded) {
            case Map<?, ?> map -> {
                Map<Object, Object> copy = new LinkedHashMap<>();
                map.forEach((key, value) -> copy.put(key, normal(value)));
                yield copy;
            }
            case List<?> list -> list.stream().map(GoldenMergeConfigsTest::normal).toList();
            case Number number -> number.doubleValue();
            default -> loaded;
        };
    }

    private static Map<String, Object> document(MergeConfig config) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("merge_method", config.mergeMethod());
        putIfPresent(document, "base_model", config.baseModel());
        putIfPresent(document, "chat_template", config.chatTemplate());
        if (config.dtype() != null) {
            document.put("dtype", config.dtype().torchName());
        }
        if (config.outDtype() != null) {
            document.put("out_dtype", config.outDtype().torchName());
        }
        putTokenizer(document, config);
        putParameters(document, config.parameters());
        putSources(document, config.sources());
        return document;
    }

    private static void putIfPresent(Map<String, Object> document, String key, @Nullable Object value) {
        if (value != null) {
            document.put(key, value.toString());
        }
    }

    private static void putSources(Map<String, Object> document, Sources sources) {
        switch (sources) {
            case Sources.Models models ->
                document.put("models", models.inputs().stream().map(GoldenMergeConfigsTest::input).toList());
            case Sources.Slices slices ->
                document.put("slices", slices.slices().stream().map(GoldenMergeConfigsTest::slice).toList());
            case Sources.Modules modules -> {
                Map<String, Object> byName = new LinkedHashMap<>();
                modules.modules().forEach((name, module) -> {
                    Map<String, Object> entry = new LinkedHashMap<>();
                    putSources(entry, module.sources());
                    putParameters(entry, module.parameters());
                    byName.put(name, entry);
                });
                document.put("modules", byName);
            }
        }
    }

    private static Map<String, Object> input(Sources.Input input) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("model", input.model().toString());
        putParameters(entry, input.parameters());
        return entry;
    }

    private static Map<String, Object> slice(Sources.Slice slice) {
        Map<String, Object> entry = new LinkedHashMap<>();
        putIfPresent(entry, "base_model", slice.baseModel());
        putParameters(entry, slice.parameters());
        entry.put("sources", slice.sources().stream().map(GoldenMergeConfigsTest::source).toList());
        return entry;
    }

    private static Map<String, Object> source(Sources.SliceSource source) {
        Map<String, Object> entry = input(new Sources.Input(source.model(), source.parameters(), NOWHERE));
        entry.put("layer_range", List.of((double) source.firstLayer(), (double) source.endLayer()));
        return entry;
    }

    private static void putParameters(Map<String, Object> document, Settings parameters) {
        if (!parameters.byName().isEmpty()) {
            Map<String, Object> values = new LinkedHashMap<>();
            parameters.byName().forEach((name, setting) -> values.put(name, value(setting)));
            document.put("parameters", values);
        }
    }

    private static Object value(Setting setting) {
        return switch (setting) {
            case Setting.Unreadable unreadable -> throw new AssertionError(unreadable);
            case Setting.Constant constant -> constant.value();
            case Setting.Flag flag -> flag.value();
            case Setting.Gradient gradient -> gradient.points();
            case Setting.Filtered filtered -> filtered.cases().stream()
                    .map(filter -> {
                        Map<String, Object> entry = new LinkedHashMap<>();
                        putIfPresent(entry, "filter", filter.filter());
                        entry.put("value", value(filter.value()));
                        return entry;
                    })
                    .toList();
        };
    }

    private static void putTokenizer(Map<String, Object> document, MergeConfig config) {
        TokenizerConfig tokenizer = config.tokenizer();
        if (tokenizer == null) {
            return;
        }
        String source = switch (tokenizer.source()) {
            case TokenizerConfig.Source.Base base -> "base";
            case TokenizerConfig.Source.Union union -> "union";
            case TokenizerConfig.Source.OfModel model -> model.model().toString();
        };
        if (config.valuePositions().containsKey("tokenizer_source")) {
            document.put("tokenizer_source", source);
            return;
        }
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("source", source);
        if (tokenizer.padToMultipleOf() != null) {
            entry.put("pad_to_multiple_of", (double) tokenizer.padToMultipleOf());
        }
        if (!tokenizer.tokens().isEmpty()) {
            Map<String, Object> tokens = new LinkedHashMap<>();
            tokenizer.tokens().forEach((content, token) -> tokens.put(content, token(token)));
            entry.put("tokens", tokens);
        }
        document.put("tokenizer", entry);
    }

    private static Map<String, Object> token(TokenizerConfig.Token token) {
        Map<String, Object> entry = new LinkedHashMap<>();
        if (token.force()) {
            entry.put("force", true);
        }
        switch (token.embedding()) {
            case null -> {
            }
            case TokenizerConfig.Embedding.Zero zero -> entry.put("source", Map.of("kind", "zero"));
            case TokenizerConfig.Embedding.OfModel model -> entry.put("source", model.model().toString());
            case TokenizerConfig.Embedding.OfToken other ->
                entry.put(
                        "source",
                        Map.of("kind", "model_token", "model", other.model().toString(), "token", other.token()));
            case TokenizerConfig.Embedding.OfTokenId other ->
                entry.put(
                        "source",
                        Map.of(
                                "kind", "model_token",
                                "model", other.model().toString(),
                                "token_id", (double) other.tokenId()));
        }
        return entry;
    }
}
