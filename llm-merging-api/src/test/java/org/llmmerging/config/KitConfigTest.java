package org.llmmerging.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.config.KitConfig.Architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class KitConfigTest {
    private static final String MODELS = "list_models: [[a, null], [b, null]]\n";
    private static final String VALID = MODELS + "architecture: decoder\n";

    @TempDir
    Path folder;

    @Test
    void readsEveryKey() {
        Path file = ConfigFiles.write(
                folder,
                """
                        # The kit's own keys
                        list_models:
                          - [org/first-lora, 636b5eb8]
                          - ["org/second lora", ""]
                          - org/third@v2
                        base_model_name: org/base
                        base_model_revision_id: 01c7f73d
                        is_peft: true
                        max_seq_len: 1024
                        max_gen_len: 50
                        architecture: encoder_decoder
                        parameter_lambdas: [0.5, -3e-1, "1"]
                        merge_method: ties
                        training_data: [a.csv, b.csv, c.csv]
                        parameters: {density: [0.1, 0.2, 0.3], lambda: 1, normalize: no, seed: 7}
                        """);

        KitConfig config = KitConfig.read(file);

        assertEquals(
                new KitConfig(
                        file,
                        List.of(
                                new ModelReference("org/first-lora", "636b5eb8", null),
                                ModelReference.of("org/second lora"),
                                new ModelReference("org/third", "v2", null)),
                        new ModelReference("org/base", "01c7f73d", null),
                        true,
                        1024,
                        50,
                        Architecture.ENCODER_DECODER,
                        List.of(0.5, -0.3, 1.0),
                        "ties",
                        Map.of(
                                "density", new KitParameter.PerModel(List.of(0.1, 0.2, 0.3)),
                                "lambda", new KitParameter.Number(1),
                                "normalize", new KitParameter.Flag(false)),
                        List.of("a.csv", "b.csv", "c.csv"),
                        7,
                        config.positions()),
                config);
    }

    @Test
    void knowsWhereEverythingStands() {
        Path file = ConfigFiles.write(folder, VALID + "parameter_lambdas: [1, 2]\nparameters: {density: 0.5}\n");
        KitPositions positions = KitConfig.read(file).positions();
        assertEquals(new Position(file, 1, 26), positions.of(ModelReference.of("b")));
        assertEquals(new Position(file, 3, 20), positions.of("parameter_lambdas"));
        assertEquals(new Position(file, 4, 23), positions.ofParameter("density"));
        assertEquals(new Position(file, 4, 13), positions.ofParameter("gamma"));
        assertEquals(new Position(file, 1, 1), positions.of("merge_method"));
    }

    @Test
    void parametersArePrintedAsTheyAreWritten() {
        KitConfig config = KitConfig.read(
                ConfigFiles.write(folder, VALID + "parameters: {a: 0.5, b: true, c: [1, 0.25]}\n"));
        assertEquals("{a=0.5, b=true, c=[1.0, 0.25]}", config.parameters().toString());
    }

    @Test
    void whatCannotBeReadIsLeftOut() {
        KitDocument read = KitDocument.read(
                ConfigFiles.write(folder, "list_models: [a, [null, b], [], c]\narchitecture: decodr\n"));
        assertEquals(List.of(ModelReference.of("a"), ModelReference.of("c")), read.config().listModels());
        assertEquals(3, read.problems().lines().size());
        assertFalse(read.problems().isReadable());
    }

    @Test
    void modelsOfWhichTheKindIsNotKnownAreLeftOut() {
        for (String peft : List.of("true", "maybe")) {
            KitDocument read = KitDocument.read(ConfigFiles.write(folder, VALID + "is_peft: " + peft + "\n"));
            assertEquals(List.of(), read.config().listModels());
        }
    }

    @Test
    void whatIsLeftOutOrEmptyHasItsDefault() {
        KitConfig config = KitConfig.read(ConfigFiles.write(
                folder,
                VALID + "base_model_name:\nbase_model_revision_id: ''\nmax_seq_len: null\nparameter_lambdas: ~\n"));

        assertNull(config.baseModel());
        assertFalse(config.isPeft());
        assertNull(config.maxSeqLen());
        assertNull(config.maxGenLen());
        assertEquals(List.of(), config.parameterLambdas());
        assertNull(config.mergeMethod());
        assertEquals(Map.of(), config.parameters());
        assertEquals(42, config.seed());
    }

    @Test
    void aSingleLambdaIsEnoughForTwoModels() {
        KitConfig config = KitConfig.read(ConfigFiles.write(folder, VALID + "parameter_lambdas: [0.3]\n"));

        assertEquals(List.of(0.3), config.parameterLambdas());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void tellsAllThatIsWrong(String what, String text, String expected) {
        ConfigFiles.assertRefused(folder, text, KitConfig::read, expected);
    }

    static Stream<Arguments> tellsAllThatIsWrong() {
        return Stream.of(
                arguments("empty file", "\n# nothing\n",
                        "c.yml: is empty. Give it at least list_models and architecture."),
                arguments("a list", "- a\n", "c.yml:1:1: a kit configuration must be a mapping of keys to values, not a"
                        + " list. Its keys are: list_models, base_model_name, base_model_revision_id, is_peft,"
                        + " max_seq_len, max_gen_len, architecture, parameter_lambdas, merge_method, training_data, parameters."),
                arguments("a mergekit configuration", "merge_method: linear\nmodels: [{model: a}]\ndtype: float32\n",
                        "c.yml:2:1: 'models' is a key of a mergekit configuration, not of the kit's. Merge it with"
                                + " './main merge FILE OUT_DIR'.\n"),
                arguments("missing keys", "is_peft: true\n",
                        """
                                c.yml:1:1: missing 'list_models'. Write for example 'list_models: [[models/first, null], [models/second, null]]'.
                                c.yml:1:1: missing 'base_model_name', which is_peft needs: adapters are applied to a base. Name it, or set is_peft: false.
                                c.yml:1:1: missing 'architecture'. Write for example 'architecture: decoder'.
                                """),
                arguments("no models", "list_models: []\narchitecture: decoder\n",
                        """
                                c.yml:1:14: 'list_models' is empty. Write for example 'list_models: [[models/first, null], [models/second, null]]'.
                                """),
                arguments("an adapter on another than the base",
                        "list_models: [a, b+c]\nbase_model_name: b\nis_peft: true\narchitecture: decoder\n",
                        """
                                c.yml:1:18: 'b+c' is a model with an adapter, and with is_peft the listed models are adapters on base_model_name. Name the adapter alone, or set is_peft: false.
                                """),
                arguments("misspelt key", VALID + "max_seq_length: 3\n", """
                        c.yml:3:1: unknown key 'max_seq_length' in a kit configuration. Did you mean 'max_seq_len'?
                        """),
                arguments("wrong types", """
                        list_models: [[a], [b, c, d], [null, x], {e: f}, a@b@c]
                        base_model_name: [x]
                        is_peft: maybe
                        max_seq_len: "512"
                        max_gen_len: 0
                        architecture: decoder_only
                        parameter_lambdas: 0.5
                        merge_method: {a: b}
                        parameters: [1]
                        """,
                        """
                                c.yml:1:15: a model must be a pair [name, revision], not a list. Write for example [models/first, null].
                                c.yml:1:20: a model must be a pair [name, revision], not a list. Write for example [models/first, null].
                                c.yml:1:32: a model without a name. Write [models/first, null].
                                c.yml:1:42: a model must be a pair [name, revision], not a mapping. Write for example [models/first, null].
                                c.yml:1:50: 'a@b@c' has more than one '@' for one model. Write path@revision.
                                c.yml:2:18: 'base_model_name' must be text, not a list. Write for example 'base_model_name: models/base'.
                                c.yml:3:10: 'is_peft' must be true or false, not 'maybe'. Write for example 'is_peft: true'.
                                c.yml:4:14: 'max_seq_len' must be a whole number from 1 to 2147483647, not the text '512'. Write for example 'max_seq_len: 512'.
                                c.yml:5:14: 'max_gen_len' must be a whole number from 1 to 2147483647, not '0'. Write for example 'max_gen_len: 512'.
                                c.yml:6:15: unknown 'architecture' 'decoder_only'. Known are: decoder, encoder_decoder.
                                c.yml:7:20: 'parameter_lambdas' must be a list, not '0.5'. Write for example 'parameter_lambdas: [0.5, 0.5]'.
                                c.yml:8:15: 'merge_method' must be text, not a mapping. Write for example 'merge_method: ties'.
                                c.yml:9:13: 'parameters' must be a mapping, not a list. Write for example 'parameters: {density: 0.5, seed: 7}'.
                                """),
                arguments("misspelt architecture", MODELS + "architecture: Decoder\n", """
                        c.yml:2:15: unknown 'architecture' 'Decoder'. Did you mean 'decoder'?
                        """),
                arguments("wrong number of lambdas", VALID + "parameter_lambdas: [1, 2, 3]\n",
                        """
                                c.yml:3:20: 'parameter_lambdas' has 3 numbers for 2 models. Give one for each model, in the order of list_models.
                                """),
                arguments("numbers that are not finite", VALID + "parameter_lambdas: [1e400, .nan]\n"
                        + "parameters: {t: .inf, density: [-.Inf, NaN], gamma: x, lambda: 0x10}\n",
                        """
                                c.yml:3:21: 'parameter_lambdas' must be finite, not '1e400'. Write a finite number.
                                c.yml:3:28: 'parameter_lambdas' must be finite, not '.nan'. Write a finite number.
                                c.yml:4:17: 't' must be finite, not '.inf'. Write a finite number.
                                c.yml:4:33: 'density' must be finite, not '-.Inf'. Write a finite number.
                                c.yml:4:40: 'density' must be finite, not 'NaN'. Write a finite number.
                                c.yml:4:53: 'gamma' must be a number, or true or false where it is a switch, not 'x'. Write one of them.
                                c.yml:4:64: 'lambda' must be a number, not '0x10'. Write for example 'lambda: 0.5'.
                                """),
                arguments("seeds", VALID + "parameters: {seed: 1.5}\n",
                        """
                                c.yml:3:20: 'seed' must be a whole number of at most 64 bits, not '1.5'. Write for example 'seed: 42'.
                                """),
                arguments("revision of nothing", VALID + "base_model_revision_id: main\n",
                        """
                                c.yml:3:1: 'base_model_revision_id' without 'base_model_name'. Name the base model or remove the revision.
                                """),
                arguments("second document", VALID + "---\na: b\n", """
                        c.yml:4:1: a second document. A kit configuration is one; remove the '---'.
                        """),
                arguments("duplicate key", VALID + "architecture: decoder\n", """
                        c.yml:3:1: duplicate key 'architecture', first at line 2, column 1. Remove one of them.
                        """));
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        Path file = folder.resolve("none.yml");

        ConfigException failure = assertThrows(ConfigException.class, () -> KitConfig.read(file));

        assertEquals(file + ": no such file. Check the path.", failure.getMessage());
    }

    @Test
    void aFolderIsNoConfiguration() {
        ConfigException failure = assertThrows(ConfigException.class, () -> KitConfig.read(folder));

        assertTrue(String.valueOf(failure.getMessage()).startsWith(folder + ": is a folder."));
    }
}
