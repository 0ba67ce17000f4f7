package org.llmmerging.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.config.Sources.Input;
import org.llmmerging.config.TokenizerConfig.Embedding;
import org.llmmerging.tensor.DType;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

/** What a well-formed mergekit file is read as; {@link GoldenMergeConfigsTest} reads many more. */
class MergeConfigTest {
    @TempDir
    Path folder;

    private List<MergeConfig> read(String text) {
        return MergeConfig.read(ConfigFiles.write(folder, text));
    }

    @Test
    void stagesAreDocumentsOfOneFile() {
        List<MergeConfig> stages = read(
                """
                        name: experts
                        merge_method: dare_ties
                        base_model: &base org/base@main
                        models:
                          - model: org/base+org/lora@v2
                            parameters: {density: 0.53, weight: 0.4}
                        dtype: torch.bfloat16
                        ---
                        merge_method: slerp
                        base_model: org/base
                        slices:
                          - sources:
                              - {model: org/base, layer_range: [0, 32]}
                              - {model: experts, layer_range: [0, 32]}
                        parameters:
                          t:
                            - {filter: self_attn, value: [0, 0.5, 1]}
                            - 0.5
                        chat_template: auto
                        """);

        assertEquals(2, stages.size());
        MergeConfig experts = stages.get(0);
        assertEquals("experts", experts.name());
        assertEquals(DType.BF16, experts.dtype());
        assertEquals(
                List.of(ModelReference.parse("org/base@main"), ModelReference.parse("org/base+org/lora@v2")),
                List.copyOf(experts.models()));
        MergeConfig blend = stages.get(1);
        assertNull(blend.name());
        assertEquals("auto", blend.chatTemplate());
        assertEquals(9, blend.position().line());
        assertEquals(new Position(folder.resolve("c.yml"), 9, 15), blend.positionOf("merge_method"));
        assertEquals(blend.position(), blend.positionOf("dtype"));
        Sources.Slices slices = assertInstanceOf(Sources.Slices.class, blend.sources());
        assertEquals(32, slices.slices().getFirst().sources().getFirst().layerCount());
        assertEquals(0.75, value(blend.parameters(), "t", "layers.3.self_attn.q", 0.75));
        assertEquals(0.5, value(blend.parameters(), "t", "layers.3.mlp.up", 0.75));
    }

    @Test
    void aKeyOfTheAuthorsOwnMayHoldWhatAliasesRepeat() {
        MergeConfig config = read("""
                const_tag: &scale 0.7
                merge_method: linear
                models: [{model: a, parameters: {weight: *scale}}]
                """).getFirst();
        List<Input> inputs = assertInstanceOf(Sources.Models.class, config.sources()).inputs();
        assertEquals(0.7, value(inputs.getFirst().parameters(), "weight", "x", 0));
    }

    @Test
    void anOlderWayToNameTheTokenizersModelIsRead() {
        TokenizerConfig tokenizer = read("""
                merge_method: linear
                models: [{model: a}]
                tokenizer_source: model:org/name
                """).getFirst().tokenizer();
        assertEquals(List.of(new ModelReference("org/name", null, null)), tokenizer.models());
    }

    @Test
    void anchorsAndMergeKeysSaveWriting() {
        MergeConfig config = read(
                """
                        merge_method: ties
                        base_model: base
                        models:
                          - &first
                            model: a
                            parameters: &usual {weight: 0.5, density: [1, 0.2]}
                          - <<: *first
                            model: b
                          - model: c
                            parameters: {<<: *usual, weight: "0.25"}
                        """)
                .getFirst();

        List<Input> inputs = assertInstanceOf(Sources.Models.class, config.sources()).inputs();
        assertEquals(List.of("a", "b", "c"), inputs.stream().map(input -> input.model().path()).toList());
        assertEquals(inputs.get(0).parameters(), inputs.get(1).parameters());
        assertEquals(0.25, value(inputs.get(2).parameters(), "weight", "x", 0));
        assertEquals(0.6, value(inputs.get(2).parameters(), "density", "x", 0.5));
    }

    @Test
    void modulesHaveModelsOrSlicesOfTheirOwn() {
        MergeConfig config = read(
                """
                        merge_method: linear
                        modules:
                          text_decoder:
                            slices: [{sources: [{model: a, layer_range: [2, 4]}], base_model: b, parameters: {weight: 1}}]
                          vision_tower:
                            models: [{model: c, parameters: {weight: 2}}]
                            parameters: {normalize: false}
                        """)
                .getFirst();

        Map<String, Sources.OutputModule> modules = assertInstanceOf(Sources.Modules.class, config.sources()).modules();
        assertEquals(List.of("text_decoder", "vision_tower"), List.copyOf(modules.keySet()));
        assertEquals(
                List.of("b", "a", "c"),
                config.models().stream().map(ModelReference::toString).toList());
        assertEquals(
                0,
                value(ConfigFiles.get(modules, "vision_tower").parameters(), "normalize", "x", 0));
    }

    @Test
    void tokensMayHaveRulesOfTheirOwn() {
        TokenizerConfig tokenizer = read(
                """
                        merge_method: linear
                        models: [{model: a}]
                        tokenizer:
                          source: org/model@v1
                          tokens:
                            <|im_start|>: {source: org/chat, force: true}
                            <|pad|>: {source: {kind: zero}}
                            <|a|>: {source: {kind: model_token, model: a, token: <s>}}
                            <|b|>: {source: {kind: model_token, model: a, token_id: 0}}
                            <|c|>: {}
                          pad_to_multiple_of: 64
                        """)
                .getFirst()
                .tokenizer();

        assertNotNull(tokenizer);
        assertEquals(new TokenizerConfig.Source.OfModel(ModelReference.parse("org/model@v1")), tokenizer.source());
        assertEquals(64, tokenizer.padToMultipleOf());
        ModelReference a = ModelReference.of("a");
        Map<String, TokenizerConfig.Token> tokens = tokenizer.tokens();
        assertEquals(new Embedding.OfModel(ModelReference.of("org/chat")),
                ConfigFiles.get(tokens, "<|im_start|>").embedding());
        assertEquals(true, ConfigFiles.get(tokens, "<|im_start|>").force());
        assertEquals(new Embedding.Zero(), ConfigFiles.get(tokens, "<|pad|>").embedding());
        assertEquals(false, ConfigFiles.get(tokens, "<|pad|>").force());
        assertEquals(new Embedding.OfToken(a, "<s>"), ConfigFiles.get(tokens, "<|a|>").embedding());
        assertEquals(new Embedding.OfTokenId(a, 0), ConfigFiles.get(tokens, "<|b|>").embedding());
        assertNull(ConfigFiles.get(tokens, "<|c|>").embedding());
    }

    @Test
    void aTokenizerWithoutSourceIsTheUnion() {
        TokenizerConfig tokenizer = read(
                "merge_method: linear\nmodels: [{model: a}]\ntokenizer: {pad_to_multiple_of: 8}\n").getFirst()
                .tokenizer();

        assertNotNull(tokenizer);
        assertEquals(new TokenizerConfig.Source.Union(), tokenizer.source());
        assertEquals(8, tokenizer.padToMultipleOf());
    }

    @Test
    void aModelMayBeAMappingOfItsParts() {
        MergeConfig config = read("""
                merge_method: linear
                base_model: {model: {path: "my models/r+1@2", revision: null}, lora: null, override_architecture: null}
                models:
                  - model: {model: {path: a, revision: v1}, lora: {path: b, revision: v2}}
                tokenizer:
                  source: {model: {path: base}}
                  tokens:
                    <s>: {source: {model: {path: c d}}}
                    </s>: {source: {kind: model_token, model: {model: {path: e}}, token: x}}
                """).getFirst();

        assertEquals(ModelReference.of("my models/r+1@2"), config.baseModel());
        assertEquals(ModelReference.parse("a@v1+b@v2"), config.models().getLast());
        TokenizerConfig tokenizer = config.tokenizer();
        assertNotNull(tokenizer);
        assertEquals(new TokenizerConfig.Source.OfModel(ModelReference.of("base")), tokenizer.source());
        assertEquals(new Embedding.OfModel(ModelReference.of("c d")),
                ConfigFiles.get(tokenizer.tokens(), "<s>").embedding());
        assertEquals(new Embedding.OfToken(ModelReference.of("e"), "x"),
                ConfigFiles.get(tokenizer.tokens(), "</s>").embedding());
    }

    @Test
    void anEmptyListBesideAFullOneIsAbsent() {
        MergeConfig config = read("""
                merge_method: passthrough
                models: []
                slices: [{sources: [{model: a, layer_range: [0, 2]}], residual_weight: null}]
                modules: {}
                """).getFirst();

        assertInstanceOf(Sources.Slices.class, config.sources());
    }

    @Test
    void quotedNumbersOfLayersAreNumbers() {
        MergeConfig config = read("""
                merge_method: passthrough
                slices: [{sources: [{model: a, layer_range: ["0", '16']}]}]
                """).getFirst();

        Sources.Slices slices = assertInstanceOf(Sources.Slices.class, config.sources());
        assertEquals(16, slices.slices().getFirst().sources().getFirst().endLayer());
    }

    @Test
    void switchesInAGradientAreNumbers() {
        MergeConfig config = read("merge_method: x\nmodels: [{model: a}]\nparameters: {t: [true, 0.5, off]}\n")
                .getFirst();

        assertEquals(0.75, value(config.parameters(), "t", "x", 0.25));
        assertEquals(0, value(config.parameters(), "t", "x", 1));
    }

    @Test
    void whatTheMethodMayOrMayNotAllowIsKeptForThePlan() {
        MergeConfig config = read(
                """
                        merge_method: no_such_method
                        base_model: a
                        models: [{model: a}, {model: a, parameters: {weight: -1e300}}, {model: my models/a b}]
                        parameters: {no_such_parameter: 0, density: 1.5}
                        """)
                .getFirst();

        assertEquals("no_such_method", config.mergeMethod());
        assertEquals(3, config.sources().models().count());
        assertEquals(1.5, value(config.parameters(), "density", "x", 0));
    }

    @Test
    void aProgramBuildsOneWithoutAFile() {
        Path origin = Path.of("configs/ties_llama2.yaml");
        Position position = Position.of(origin);
        Input input = new Input(ModelReference.of("a"), Settings.none().with("weight", 0.5, position), position);

        MergeConfig config = MergeConfig.ofModels(
                origin, "ties", ModelReference.of("base"), List.of(input), Settings.none());

        assertEquals("configs/ties_llama2.yaml", config.positionOf("merge_method").toString());
        assertEquals(List.of("base", "a"), config.models().stream().map(ModelReference::path).toList());
    }

    private static double value(Settings settings, String parameter, String tensor, double depth) {
        return ConfigFiles.get(settings.byName(), parameter).forTensor(tensor).orElseThrow().at(depth);
    }
}
