package org.llmmerging.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * What is wrong with a mergekit file is reported all at once, a line each, with the place and the remedy. Here the keys
 * and documents; {@link MergeConfigValueProblemsTest} has the values.
 */
class MergeConfigProblemsTest {
    private static final String VALID = "merge_method: linear\nmodels: [{model: a}]\n";

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}")
    @MethodSource({"structure", "documents"})
    void tellsAllThatIsWrong(String what, String text, String expected) {
        ConfigFiles.assertRefused(folder, text, MergeConfig::read, expected);
    }

    @Test
    void textOfTheFileControlsNoTerminal() {
        ConfigFiles.assertRefused(
                folder,
                VALID + "\"\\e]0;owned\\a\": 1\nname: \"a@\\e\\n\"\n",
                MergeConfig::read,
                """
                        c.yml:3:1: unknown key '\\u001b]0;owned\\u0007' in a merge configuration. %s
                        c.yml:4:7: the name 'a@\\u001b\\n' cannot be used as a model. Write a name without '@' and '+', for example 'name: first-stage'.
                        """
                        .formatted("Known are: merge_method, models, slices, modules, base_model, parameters, dtype,"
                                + " out_dtype, tokenizer_source, tokenizer, chat_template, name."));
    }

    @Test
    void longTextOfTheFileIsCut() {
        String text = "x".repeat(1_000_000);
        for (String line : List.of("dtype: " + text, "? " + text + "\n: 1", "parameters: {? " + text + " : x}",
                "base_model: {" + text + "@: 1}", "name: '@" + text + "'")) {
            Path file = ConfigFiles.write(folder, VALID + line + "\n");
            ConfigException refusal = assertThrows(ConfigException.class, () -> MergeConfig.read(file));
            int length = String.valueOf(refusal.getMessage()).length();
            assertTrue(length < 20_000, line.substring(0, 20) + ": " + length);
        }
    }

    static Stream<Arguments> structure() {
        return Stream.of(
                arguments("empty file", "", "c.yml: is empty. Give it at least merge_method and models."),
                arguments("not a mapping", "just words\n",
                        """
                                c.yml:1:1: a merge configuration must be a mapping of keys to values, not 'just words'. Its keys are: merge_method, models, slices, modules, base_model, parameters, dtype, out_dtype, tokenizer_source, tokenizer, chat_template, name.
                                """),
                arguments("nothing needed is there", "dtype: float32\n",
                        """
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
                        """,
                        """
                                c.yml:1:1: unknown key 'merge_metod' in a merge configuration. Did you mean 'merge_method'?
                                c.yml:4:5: unknown key 'modle' in an entry of 'models'. Did you mean 'model'?
                                c.yml:7:17: unknown key 'filtre' in a filter for 'weight'. Did you mean 'filter'?
                                c.yml:8:27: unknown key 'token' in 'tokenizer'. Did you mean 'tokens'?
                                c.yml:9:1: unknown key 'foo' in a merge configuration. Known are: merge_method, models, slices, modules, base_model, parameters, dtype, out_dtype, tokenizer_source, tokenizer, chat_template, name.
                                """),
                arguments("a kit configuration",
                        "merge_method: slerp\nlist_models: [[a, null], [b, null]]\nis_peft: false\n",
                        """
                                c.yml:2:1: 'list_models' is a key of a kit configuration, not of mergekit's. Run it with './main -m NAME --config FILE'.
                                """),
                arguments("a key of two lines", VALID + "\"a\\nb\": 1\n",
                        """
                                c.yml:3:1: unknown key 'a\\nb' in a merge configuration. Known are: merge_method, models, slices, modules, base_model, parameters, dtype, out_dtype, tokenizer_source, tokenizer, chat_template, name.
                                """),
                arguments("models and slices", VALID + "slices: [{sources: [{model: a, layer_range: [0, 2]}]}]\n", """
                        c.yml:3:1: 'slices' as well as 'models'. Keep exactly one of 'models', 'slices', 'modules'.
                        """),
                arguments("wrong entries of models", """
                        merge_method: linear
                        models: [a, {model: [b]}, {parameters: {weight: 1}}, {model: a@b@c}, {model: }]
                        base_model: {path: x}
                        slices: []
                        tokenizer_source: {model: {revision: b}, lora: [c], override_architecture: Llama}
                        """,
                        """
                                c.yml:2:10: an entry of 'models' must be a mapping of keys to values, not 'a'. Its keys are: model, parameters.
                                c.yml:2:21: a model must be text, not a list. Write path@revision or path@revision+lora@revision.
                                c.yml:2:27: missing 'model'. Write for example 'model: path/to/model'.
                                c.yml:2:62: 'a@b@c' has more than one '@' for one model. Write path@revision.
                                c.yml:2:71: 'model' has no value. Write for example 'model: path/to/model'.
                                c.yml:3:13: missing 'model'. Write for example '{model: {path: path/to/model, revision: main}}'.
                                c.yml:3:14: unknown key 'path' in a model. Known are: model, lora, override_architecture.
                                c.yml:5:48: 'lora' of a model must be a mapping of keys to values, not a list. Its keys are: path, revision.
                                c.yml:5:53: 'override_architecture' is not supported. Remove it.
                                """),
                arguments("no models", "merge_method: linear\nmodels: []\n",
                        """
                                c.yml:2:9: 'models' is empty. Write for example 'models: [{model: path/to/model, parameters: {weight: 0.5}}]'.
                                """),
                arguments("models is a mapping", "merge_method: linear\nmodels: {model: a}\n",
                        """
                                c.yml:2:9: 'models' must be a list, not a mapping. Write for example 'models: [{model: path/to/model, parameters: {weight: 0.5}}]'.
                                """),
                arguments("modules", """
                        merge_method: linear
                        modules:
                          a: {}
                          b: {models: [{model: x}], slices: [{sources: [{model: x, layer_range: [0, 1]}]}]}
                          c: x
                        """,
                        """
                                c.yml:3:6: missing one of 'models', 'slices'. Write for example 'models: [{model: path/to/model, parameters: {weight: 0.5}}]'.
                                c.yml:4:29: 'slices' as well as 'models'. Keep exactly one of 'models', 'slices'.
                                c.yml:5:6: the module 'c' must be a mapping of keys to values, not 'x'. Its keys are: models, slices, parameters.
                                """),
                arguments("data types", VALID + "dtype: float8\nout_dtype: int64\n", """
                        c.yml:3:8: unknown 'dtype' 'float8'. Known are: float64, float32, float16, bfloat16.
                        c.yml:4:12: unknown 'out_dtype' 'int64'. Known are: float64, float32, float16, bfloat16.
                        """));
    }

    static Stream<Arguments> documents() {
        return Stream.of(
                arguments("two documents without a name", VALID + "---\n" + VALID,
                        """
                                c.yml:4:1: a second document without 'name', after the one at line 1, column 1. Name all but one, for the others to use the result.
                                """),
                arguments("names", "name: x\n" + VALID + "---\nname: x\n" + VALID + "---\nname: a@b\n" + VALID,
                        """
                                c.yml:5:7: a second document named 'x', first at line 1, column 7. Give each its own name.
                                c.yml:9:7: the name 'a@b' cannot be used as a model. Write a name without '@' and '+', for example 'name: first-stage'.
                                """),
                arguments("mistakes in every document", "name: x\nmerge_method: linear\n---\n" + VALID + "dtyp: x\n",
                        """
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
