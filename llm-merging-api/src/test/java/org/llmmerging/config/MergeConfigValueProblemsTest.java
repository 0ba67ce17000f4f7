package org.llmmerging.config;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Wrong parameters, layer ranges and tokenizers of a mergekit file; the rest is in {@link MergeConfigProblemsTest}. */
class MergeConfigValueProblemsTest {
    private static final String VALID = "merge_method: linear\nmodels: [{model: a}]\n";

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource({"parameters", "slices", "tokenizer"})
    void tellsAllThatIsWrong(String what, String text, String expected) {
        ConfigFiles.assertRefused(folder, text, MergeConfig::read, expected);
    }

    static Stream<Arguments> parameters() {
        return Stream.of(
                arguments("a filter outside a list", VALID + "parameters:\n  weight: {filter: mlp, value: 0.5}\n",
                        """
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
                        """,
                        """
                                c.yml:4:6: 'a' must be a number, or true or false where it is a switch, not 'some'. Write one of them.
                                c.yml:5:6: 'b' is an empty list. Give it a number or several.
                                c.yml:6:10: 'c' must be a number, not 'x'. Write for example 'c: 0.5'.
                                c.yml:7:7: missing 'value'. Write for example '{filter: mlp, value: 0.5}'.
                                c.yml:7:30: the 'value' of a filter for 'd' must be a number, true or false, or a list of numbers, not a mapping. Write for example '{filter: mlp, value: 0.5}'.
                                c.yml:7:47: 'd' is an empty list. Give it a number or several.
                                c.yml:7:60: 'filter' must be text, not a list. Write for example 'filter: mlp'.
                                c.yml:8:5: 'e' must be a number, not nothing. Write for example 'e: 0.5'.
                                c.yml:9:10: 'f' must be a number, not a list. Write for example 'f: 0.5'.
                                """),
                arguments("gradients in a list without filters", VALID + "parameters:\n  t: [[0, 0.5], 0.3]\n",
                        """
                                c.yml:4:7: 't' must be a number, not a list. Write for example 't: 0.5'.
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
                arguments("parameters in a list", VALID + "parameters: [weight]\n",
                        """
                                c.yml:3:13: 'parameters' must be a mapping, not a list. Write for example 'parameters: {weight: 0.5}'.
                                """),
                arguments("one mistake behind three aliases", """
                        merge_method: linear
                        models:
                          - {model: a, parameters: &p {weight: x}}
                          - {model: b, parameters: *p}
                          - {model: c, parameters: *p}
                        """,
                        """
                                c.yml:3:40: 'weight' must be a number, or true or false where it is a switch, not 'x'. Write one of them.
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
                        """,
                        """
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
                arguments("a weight of the residual", """
                        merge_method: passthrough
                        slices: [{sources: [{model: a, layer_range: [0, 2]}], residual_weight: 0.5}]
                        """, """
                        c.yml:2:55: 'residual_weight' is not supported. Remove it.
                        """),
                arguments("sources of different height", """
                        merge_method: slerp
                        slices:
                          - sources:
                              - {model: a, layer_range: [0, 2]}
                              - {model: b, layer_range: [0, 3]}
                        """,
                        """
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
                            "": {}
                            "\\ud800": {}
                        """,
                        """
                                c.yml:4:23: 'pad_to_multiple_of' must be a whole number from 1 to 2147483647, not '0'. Write for example 'pad_to_multiple_of: 512'.
                                c.yml:6:24: unknown 'kind' 'zeros'. Did you mean 'zero'?
                                c.yml:7:30: 'model' with 'kind: zero'. Remove it, or write 'kind: model_token'.
                                c.yml:7:48: 'force' must be true or false, not 'often'. Write for example 'force: true'.
                                c.yml:8:17: 'kind: model_token' needs one of 'token' and 'token_id'. Write for example '{kind: model_token, model: path/to/model, token: <s>}'.
                                c.yml:9:17: missing 'model'. Write for example '{kind: model_token, model: path/to/model, token: <s>}'.
                                c.yml:9:17: 'kind: model_token' needs one of 'token' and 'token_id'. Write for example '{kind: model_token, model: path/to/model, token: <s>}'.
                                c.yml:10:17: missing 'kind'. Write for example '{kind: zero}'.
                                c.yml:11:8: the token 'f' must be a mapping of keys to values, not 'x'. Its keys are: source, force.
                                c.yml:12:9: the token '' is no text that a tokenizer takes. Correct the token or remove the rule.
                                c.yml:13:15: the token '\\ud800' is no text that a tokenizer takes. Correct the token or remove the rule.
                                """));
    }
}
