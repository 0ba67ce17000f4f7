package org.llmmerging.merge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.config.MergeConfig;
import org.yaml.snakeyaml.Yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class MergekitYamlTest {
    @TempDir
    private Path folder;

    static Stream<Path> goldenConfigurations() throws IOException {
        try (Stream<Path> all = Files.walk(GoldenModels.ROOT.resolveSibling("mergekit-tokenizer"));
                Stream<Path> more = Files.walk(GoldenModels.ROOT)) {
            return Stream.concat(all, more)
                    .filter(file -> file.endsWith("merge.yml"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("goldenConfigurations")
    void whatIsWrittenReadsAsTheSameMerge(Path file) throws IOException {
        List<MergeConfig> read = MergeConfig.read(file);
        String written = MergekitYaml.write(read);
        Path copy = Files.writeString(folder.resolve("again.yml"), written);
        List<MergeConfig> again = MergeConfig.read(copy);
        assertEquals(withoutPositions(read, file), withoutPositions(again, copy), written);
        assertEquals(written, MergekitYaml.write(again));
    }

    private static String withoutPositions(List<MergeConfig> configs, Path file) {
        return configs.toString()
                .replaceAll(Pattern.quote(file.toString()) + ":[0-9]+:[0-9]+", "")
                .replaceAll("valuePositions=\\{[^}]*\\}", "");
    }

    @Test
    void writesWhatASmallMergeIs() throws IOException {
        String yaml = """
                name: mine
                merge_method: ties
                base_model: org/base@main
                models:
                  - model: org/a+org/lora
                    parameters:
                      weight: 1.0
                      density:
                        - filter: mlp
                          value: 0.5
                        - value: 0.25
                parameters:
                  normalize: true
                  lambda:
                    - 0.0
                    - 0.00001
                dtype: bfloat16
                out_dtype: float16
                """;
        assertEquals(yaml, written(yaml));
    }

    @Test
    void numbersHaveNoExponentThatYamlReadersDisagreeOn() throws IOException {
        String written = written("""
                merge_method: linear
                models: [{model: a, parameters: {weight: 1e-10}}, {model: b, parameters: {weight: 2e20}}]
                """);
        assertTrue(written.contains("weight: 0.0000000001\n"), written);
        assertTrue(written.contains("weight: 200000000000000000000.0\n"), written);
    }

    @Test
    void textThatLooksLikeSomethingElseIsQuoted() throws IOException {
        String written = written("""
                merge_method: linear
                models: [{model: '7', parameters: {weight: 1}}, {model: 'true', parameters: {weight: 1}}]
                """);
        assertTrue(written.contains("model: \"7\"") && written.contains("model: \"true\""), written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1:20:30", "1_000", "0x1F", "2001-01-01", "=", "<<", "~", "null", "yes", "Off", "y", "0o7",
                "1e3",
                ".inf", ".NaN", "-", "- a", "a: b", "a #b", "?", "%a", "@a", "`a", "!a", "&a", "*a", "[a]", "{a}",
                "'a", "a ", " a", "a\nb", "a\n\n", "a\tb", "\u0085", "\u00e9", "---", "..."})
    void anyTextIsReadAsWrittenByAnyReader(String text) throws IOException {
        String written = MergekitYaml.yaml(Map.of("key", text, text, "value"));
        Map<?, ?> read = new Yaml().load(written);
        assertEquals(Map.of("key", text, text, "value"), read, written);
        assertTrue(text.contains("\n") || written.contains("\""), written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bfloat16", "org/base-7.b_1", "./a", "../a", "/abs/a", "a+b@c"})
    void wordsAndPathsAreWrittenPlain(String text) {
        assertEquals("key: " + text + "\n", MergekitYaml.yaml(Map.of("key", text)));
    }

    @Test
    void aPathWithTheSignsOfAnAdapterOrARevisionIsWrittenAsAMapping() throws IOException {
        String yaml = """
                merge_method: slerp
                base_model:
                  model:
                    path: r+1
                slices:
                  - sources:
                      - model:
                          model:
                            path: a@b
                            revision: v1
                          lora:
                            path: c+d
                        layer_range:
                          - 0
                          - 2
                tokenizer:
                  source:
                    model:
                      path: union
                  tokens:
                    "<s>":
                      source:
                        model:
                          path: a@b
                """;
        assertEquals(yaml, written(yaml));
    }

    private String written(String yaml) throws IOException {
        return MergekitYaml.write(MergeConfig.read(Files.writeString(folder.resolve("m.yml"), yaml)));
    }
}
