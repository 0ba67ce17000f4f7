package org.llmmerging.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is wrong with a mergekit file is told all at once, a line each, with the place and the remedy. */
class MergeConfigProblemsTest {
    private static final String VALID = "merge_method: linear\nmodels: [{model: a}]\n";

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource({"structure", "parameters", "slices", "tokenizer", "documents"})
    void tellsAllThatIsWrong(String what, String text, String expected) {
        ConfigFiles.assertRefused(folder, text, MergeConfig::read, expected);
    }

    static Stream<Arguments> structure() {
        return Stream.of(
                arguments("empty file", "", "c.yml: is empty. Give it at least merge_method and models."),
                arguments("not a mapping", "just words\n", """
                        c.yml:1:1: a merge configuration must be a mapping of keys to values, not 'just words'. Its keys are: merge_method, models, slices, modules, base_model, parameters, dtype, out_dtype, tokenizer_source, tokenizer, chat_template, name.
                        """),
                arguments("nothing needed is there", "dtype: float32\n", """
                        c.yml:1:1: missing 'merge_method'. Write for example 'merge_method: linear'.
                        c.yml:1:1: missing one of 'models', 'slices', 'modules'. Write for example 'models: [{model: path/to/model, parameters: {weight: 0.5}}]'.
                        """),
                arguments("misspelt keys at every level", """
                        merge_metod: linear
                        merge_method: linear
                        models:
                          - modle: a
                            model: b
                            parameters:
                              weight: [{filtre: mlp, value: 1}]
                        tokenizer: {source: base, token: {}}
                        foo: 3
                        """, """
                        c.yml:1:1: unknown key 'merge_metod' in a merge configuration. Did you mean 'merge_method'?
                        c.yml:4:5: unknown key 'modle' in an entry of 'models'. Did you mean 'model'?
                        c.yml:7:17: unknown key 'filtre' in a filter for 'weight'. Did you mean 'filter'?
                        c.yml:8:27: unknown key 'token' in 'tokenizer'. Did you mean 'tokens'?
                        c.yml:9:1: unknown key 'foo' in a merge configuration. Known are: merge_method, models, slices, modules, base_model, parameters, dtype, out_dtype, tokenizer_source, tokenizer, chat_template, name.
                        """),
                arguments("models and slices", VALID + "slices: [{sources: [{model: a, layer_range: [0, 2]}]}]\n", """
                        c.yml:3:1: 'slices' as well as 'models'. Keep exactly one of 'models', 'slices', 'modules'.
                        """),
                arguments("wrong entries of models", """
                        merge_method: linear
                        models: [a, {model: [b]}, {parameters: {weight: 1}}, {model: a@b@c}, {model: }]
                        base_model: {path: x}
                        """, """
                        c.yml:2:10: an entry of 'models' must be a mapping of keys to values, not 'a'. Its keys are: model, parameters.
                        c.yml:2:21: a model must be text, not a list. Write path@revision or path@revision+lora@revision.
                        c.yml:2:27: missing 'model'. Write for example 'model: path/to/model'.
                        c.yml:2:62: 'a@b@c' has more than one '@' for one model. Write path@revision.
                        c.yml:2:71: 'model' has no value. Write for example 'model: path/to/model'.
                        c.yml:3:13: a model must be text, not a mapping. Write path@revision or path@revision+lora@revision.
                        """),
                arguments("no models", "merge_method: linear\nmodels: []\n", """
                        c.yml:2:9: 'models' is empty. Write for example 'models: [{model: path/to/model, parameters: {weight: 0.5}}]'.
                        """),
                arguments("models is a mapping", "merge_method: linear\nmodels: {model: a}\n", """
                        c.yml:2:9: 'models' must be a list, not a mapping. Write for example 'models: [{model: path/to/model, parameters: {weight: 0.5}}]'.
                        """),
                arguments("modules", """
                        merge_method: linear
                        modules:
                          a: {}
                          b: {models: [{model: x}], slices: []}
                          c: x
                        """, """
                        c.yml:3:6: missing one of 'models', 'slices'. Write for example 'models: [{model: path/to/model, parameters: {weight: 0.5}}]'.
                        c.yml:4:29: 'slices' as well as 'models'. Keep exactly one of 'models', 'slices'.
                        c.yml:5:6: the module 'c' must be a mapping of keys to values, not 'x'. Its keys are: models, slices, parameters.
                        """),
                arguments("data types", VALID + "dtype: float8\nout_dtype: int64\n", """
                        c.yml:3:8: unknown 'dtype' 'float8'. Known are: float64, float32, float16, bfloat16.
                        c.yml:4:12: unknown 'out_dtype' 'int64'. Known are: float64, float32, float16, bfloat16.
                        """));
    }

    static Stream<Arguments> parameters() {
        return Stream.of(
                arguments("a filter outside a list", VALID + "parameters:\n  weight: {filter: mlp, value: 0.5}\n", """
                        c.yml:4:11: 'weight' is a filter outside a list. Write 'weight: [{filter: mlp, value: 0.5}, {value: 1}]'.
                        """),
                arguments("values of no known form", VALID + """
                        parameters:
                          a: some
                          b: []
                          c: [1, x, true]
                          d: [{filter: mlp}, {value: {e: f}}, [0, 1], [], {filter: [q], value: 1}]
                          e:
                          f: [1, [2, [3]]]
                        """, """
                        c.yml:4:6: 'a' must be a number, not 'some'. Write for example 'a: 0.5'.
                        c.yml:5:6: 'b' is an empty list. Give it a number or several.
                        c.yml:6:10: 'c' must be a number, not 'x'. Write for example 'c: 0.5'.
                        c.yml:6:13: 'c' must be a number, not 'true'. Write for example 'c: 0.5'.
                        c.yml:7:7: missing 'value'. Write for example '{filter: mlp, value: 0.5}'.
                        c.yml:7:30: the 'value' of a filter for 'd' must be a number, true or false, or a list of numbers, not a mapping. Write for example '{filter: mlp, value: 0.5}'.
                        c.yml:7:47: 'd' is an empty list. Give it a number or several.
                        c.yml:7:60: 'filter' must be text, not a list. Write for example 'filter: mlp'.
                        c.yml:8:5: 'e' must be a number, not nothing. Write for example 'e: 0.5'.
                        c.yml:9:14: 'f' must be a number, not a list. Write for example 'f: 0.5'.
                        """),
                arguments("numbers that are not finite", VALID + """
                        parameters:
                          weight: .inf
                          density: [.nan, -1e400, "inf"]
                          lambda: [{filter: mlp, value: -.INF}]
                        """, """
                        c.yml:4:11: 'weight' must be finite, not '.inf'. Write a finite number.
                        c.yml:5:13: 'density' must be finite, not '.nan'. Write a finite number.
                        c.yml:5:19: 'density' must be finite, not '-1e400'. Write a finite number.
                        c.yml:5:27: 'density' must be finite, not the text 'inf'. Write a finite number.
                        c.yml:6:33: 'lambda' must be finite, not '-.INF'. Write a finite number.
                        """),
                arguments("parameters in a list", VALID + "parameters: [weight]\n", """
                        c.yml:3:13: 'parameters' must be a mapping, not a list. Write for example 'parameters: {weight: 0.5}'.
                        """),
                arguments("one mistake behind three aliases", """
                        merge_method: linear
                        models:
                          - {model: a, parameters: &p {weight: x}}
                          - {model: b, parameters: *p}
                          - {model: c, parameters: *p}
                        """, """
                        c.yml:3:40: 'weight' must be a number, not 'x'. Write for example 'weight: 0.5'.
                        """));
    }

    static Stream<Arguments> slices() {
        return Stream.of(
                arguments("layer ranges", """
                        merge_method: passthrough
                        slices:
                          - sources: [{model: a, layer_range: [4, 0]}]
                          - sources: [{model: a, layer_range: [2, 2]}]
                          - sources: [{model: a, layer_range: [-1, 2]}]
                          - sources: [{model: a, layer_range: [0, 1.5]}]
                          - sources: [{model: a, layer_range: 4}]
                          - sources: [{model: a, layer_range: [0, 1, 2]}]
                          - sources: [{model: a}]
                          - sources: []
                          - {}
                        """, """
                        c.yml:3:39: 'layer_range' [4, 0] has no layers. The second number is the layer after the last and greater than the first.
                        c.yml:4:39: 'layer_range' [2, 2] has no layers. The second number is the layer after the last and greater than the first.
                        c.yml:5:39: 'layer_range' must be two whole numbers, the first layer and the one after the last, not a list. Write for example 'layer_range: [0, 4]'.
                        c.yml:6:39: 'layer_range' must be two whole numbers, the first layer and the one after the last, not a list. Write for example 'layer_range: [0, 4]'.
                        c.yml:7:39: 'layer_range' must be two whole numbers, the first layer and the one after the last, not '4'. Write for example 'layer_range: [0, 4]'.
                        c.yml:8:39: 'layer_range' must be two whole numbers, the first layer and the one after the last, not a list. Write for example 'layer_range: [0, 4]'.
                        c.yml:9:15: missing 'layer_range'. Write for example 'layer_range: [0, 4]'.
                        c.yml:10:14: 'sources' is empty. Write for example 'sources: [{model: path/to/model, layer_range: [0, 4]}]'.
                        c.yml:11:5: missing 'sources'. Write for example 'sources: [{model: path/to/model, layer_range: [0, 4]}]'.
                        """),
                arguments("sources of different height", """
                        merge_method: slerp
                        slices:
                          - sources:
                              - {model: a, layer_range: [0, 2]}
                              - {model: b, layer_range: [0, 3]}
                        """, """
                        c.yml:5:9: 'layer_range' spans 3 layers of 'b' but 2 of 'a'. All sources of a slice need as many layers.
                        """));
    }

    static Stream<Arguments> tokenizer() {
        return Stream.of(
                arguments("both forms", VALID + "tokenizer_source: union\ntokenizer: {source: base}\n", """
                        c.yml:3:1: 'tokenizer_source' as well as 'tokenizer'. Keep one of them.
                        """),
                arguments("every part wrong", VALID + """
                        tokenizer:
                          pad_to_multiple_of: 0
                          tokens:
                            a: {source: {kind: zeros}}
                            b: {source: {kind: zero, model: x}, force: often}
                            c: {source: {kind: model_token, model: x}}
                            d: {source: {kind: model_token, token: x, token_id: 3}}
                            e: {source: {model: x}}
                            f: x
                        """, """
                        c.yml:4:3: missing 'source'. Write for example 'source: union'.
                        c.yml:4:23: 'pad_to_multiple_of' must be a whole number from 1 to 2147483647, not '0'. Write for example 'pad_to_multiple_of: 512'.
                        c.yml:6:24: unknown 'kind' 'zeros'. Did you mean 'zero'?
                        c.yml:7:30: 'model' with 'kind: zero'. Remove it, or write 'kind: model_token'.
                        c.yml:7:48: 'force' must be true or false, not 'often'. Write for example 'force: true'.
                        c.yml:8:17: 'kind: model_token' needs one of 'token' and 'token_id'. Write for example '{kind: model_token, model: path/to/model, token: <s>}'.
                        c.yml:9:17: missing 'model'. Write for example '{kind: model_token, model: path/to/model, token: <s>}'.
                        c.yml:9:17: 'kind: model_token' needs one of 'token' and 'token_id'. Write for example '{kind: model_token, model: path/to/model, token: <s>}'.
                        c.yml:10:17: missing 'kind'. Write for example '{kind: zero}'.
                        c.yml:11:8: the token 'f' must be a mapping of keys to values, not 'x'. Its keys are: source, force.
                        """));
    }

    static Stream<Arguments> documents() {
        return Stream.of(
                arguments("two documents without a name", VALID + "---\n" + VALID, """
                        c.yml:4:1: a second document without 'name', after the one at line 1, column 1. Name all but one, for the others to use the result.
                        """),
                arguments("names", "name: x\n" + VALID + "---\nname: x\n" + VALID + "---\nname: a@b\n" + VALID, """
                        c.yml:5:7: a second document named 'x', first at line 1, column 7. Give each its own name.
                        c.yml:9:7: the name 'a@b' cannot be used as a model. Write a name without '@' and '+', for example 'name: first-stage'.
                        """),
                arguments("mistakes in every document", "name: x\nmerge_method: linear\n---\n" + VALID + "dtyp: x\n", """
                        c.yml:1:1: missing one of 'models', 'slices', 'modules'. Write for example 'models: [{model: path/to/model, parameters: {weight: 0.5}}]'.
                        c.yml:6:1: unknown key 'dtyp' in a merge configuration. Did you mean 'dtype'?
                        """));
    }

    @Test
    void ofVeryManyProblemsTheFirstHundredAreTold() {
        Path file = ConfigFiles.write(folder, "merge_method: linear\nmodels:\n" + "- a\n".repeat(1_000));

        ConfigException failure = assertThrows(ConfigException.class, () -> MergeConfig.read(file));

        List<String> lines = String.valueOf(failure.getMessage()).lines().toList();
        assertEquals(101, lines.size());
        assertTrue(lines.get(99).startsWith(file + ":102:3: "), lines.get(99));
        assertEquals("and 900 more problems like these", lines.get(100));
    }
}
