package org.llmmerging.eval.train.dam;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.LoadedModels;
import org.llmmerging.MergeContext;
import org.llmmerging.MergeMethod;
import org.llmmerging.Merges;
import org.llmmerging.MergingException;
import org.llmmerging.Predictor;
import org.llmmerging.RunSettings;
import org.llmmerging.Scores;
import org.llmmerging.config.KitConfig;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.eval.train.RepositoryFiles;
import org.llmmerging.eval.train.TrainingException;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.KitMerge;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.ModelStore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** What a name that learns goes by. */
class DamMergesTest {
    private static final String GOOD = "instruction,output\nSay one,one\nSay two,two\n";
    private static final String BAD = GOOD + "Say three,\n";
    private static final String ONLY_BAD = "instruction,output\nSay three,\n";

    @TempDir
    private Path folder;

    private final Merges merges = DamMerges.forArchitecture("llama2");
    private final List<String> said = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private ModelStore store = new ModelStore(new ModelLocator(List.of(), new HubCache(Path.of("none"))));
    private Path output = Path.of("");
    private Path first = RepositoryFiles.folder("models/llama2/reasoning");
    private Path second = RepositoryFiles.folder("models/llama2/summaries");
    private Path base = RepositoryFiles.folder("models/llama2/base");

    @BeforeEach
    void prepare() throws IOException {
        Golden.folder();
        store = new ModelStore(new ModelLocator(List.of(folder), new HubCache(folder.resolve("none"))));
        output = Files.createDirectory(folder.resolve("output"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void badRowsAreErrorsUnlessTheRunSkipsThem() throws IOException {
        String refused = problem(BAD, new RunSettings("cpu", false));
        assertTrue(refused.contains("1 rows cannot be used"), refused);
        assertTrue(refused.contains("--skip_bad_rows"), refused);
        merge(BAD, new RunSettings("cpu", true));
        assertTrue(notes.stream().anyMatch(line -> line.contains("1 rows are left out")), notes::toString);
    }

    @Test
    void skippingIsNotTheRemedyWhereNothingElseIsLeft() throws IOException {
        String refused = problem(ONLY_BAD, new RunSettings("cpu", true));
        assertTrue(refused.contains("1 rows cannot be used, and there are no others; repair some"), refused);
    }

    @Test
    void trainsWhereTheRunIsToRun() throws IOException {
        String refused = problem(GOOD, new RunSettings("cuda:99", false));
        assertTrue(refused.startsWith("--device cuda:99"), refused);
    }

    @Test
    void whatToChangeIsToldInTheNamesOfTheConfiguration() {
        TrainingException stopped = assertThrows(
                TrainingException.class,
                () -> merge(GOOD, new RunSettings("cpu", false),
                        "{examples: 5, epochs: 4, learning_rate: 1e30, warmup_ratio: 0, mofo_alpha: 1}"));
        assertTrue(stopped.getMessage().contains("Lower parameters.learning_rate"), stopped.getMessage());
        assertFalse(stopped.getMessage().contains("checkpoint"), stopped.getMessage());
    }

    @Test
    void aShortageOfRowsIsToldInTheNamesOfTheConfiguration() throws IOException {
        merge(GOOD, new RunSettings("cpu", false));
        String expected = "has 2 rows, fewer than the 5 of parameters.examples: the set has 2";
        assertTrue(notes.stream().anyMatch(line -> line.contains(expected)), notes::toString);
    }

    @Test
    void whatHasNoEffectIsReportedInTheNamesOfTheConfiguration() throws IOException {
        merge(GOOD, new RunSettings("cpu", false), "{examples: 5, batch_size: 2, lambda_coef_mse: 2}");
        assertTrue(notes.contains("parameters.lambda_coef_mse has no effect: parameters.use_mse is false"),
                notes::toString);
        assertTrue(notes.stream().anyMatch(line -> line.contains("or parameters.warmup_ratio 0")), notes::toString);
        assertTrue(said.stream().allMatch(line -> line.startsWith("train: step")), said::toString);
    }

    @Test
    void eachModelsRowsAreTokenizedByItsOwnTokenizer() throws IOException {
        first = withTokenizer("reasoning");
        Path template = Files.writeString(first.resolve("chat_template.jinja"), "{{ raise_exception('no users') }}");
        String refused = problem(GOOD, new RunSettings("cpu", false));
        assertTrue(refused.contains("the chat template refuses the conversation: no users"), refused);
        Files.delete(template);
        assertRefusesAnotherToken(first);
    }

    @Test
    void aTokenizerOfTheModelsThatTheResultDoesNotHaveIsRefused() throws IOException {
        first = withTokenizer("reasoning");
        second = withTokenizer("summaries");
        Path original = base;
        base = Files.createDirectory(folder.resolve("base"));
        Golden.copy(original, base, "");
        assertRefusesAnotherToken(base);
    }

    @Test
    void aTokenThatOnlyAModelHasIsNoObstacle() throws IOException {
        first = withTokenizer("reasoning");
        second = withTokenizer("summaries");
        for (Path model : List.of(first, second)) {
            Path tokenizer = model.resolve("tokenizer.json");
            String pad = "\"added_tokens\": [{\"id\": 767, \"content\": \"[PAD]\", \"single_word\": false,"
                    + " \"lstrip\": false, \"rstrip\": false, \"normalized\": false, \"special\": true},";
            Files.writeString(tokenizer, Files.readString(tokenizer).replace("\"added_tokens\": [", pad));
        }
        merge(GOOD, new RunSettings("cpu", false));
        assertTrue(said.stream().anyMatch(line -> line.startsWith("train: step")), said::toString);
    }

    @Test
    void nothingButTheLearnedIsLeftBesideTheCheckpoint() throws IOException {
        merge(GOOD, new RunSettings("cpu", false));
        try (Stream<Path> left = Files.list(output)) {
            assertEquals(
                    List.of("coefficients.safetensors", "training.html"),
                    left.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    /** A copy of a starter adapter, with a tokenizer of its own, that of the base. */
    private Path withTokenizer(String adapter) throws IOException {
        Path copy = Files.createDirectory(folder.resolve(adapter));
        Golden.copy(RepositoryFiles.folder("models/llama2").resolve(adapter), copy, "");
        Golden.copy(base, copy, "tokenizer");
        return copy;
    }

    private void assertRefusesAnotherToken(Path model) throws IOException {
        Path tokenizer = model.resolve("tokenizer.json");
        Files.writeString(tokenizer, Files.readString(tokenizer).replace("\"<s>\"", "\"<other>\""));
        String refused = problem(GOOD, new RunSettings("cpu", false));
        assertTrue(refused.contains(tokenizer.toString()), refused);
    }

    private String problem(String rows, RunSettings settings) {
        return assertThrows(MergingException.class, () -> merge(rows, settings)).getMessage();
    }

    private void merge(String rows, RunSettings settings) throws IOException {
        merge(rows, settings, "{examples: 5}");
    }

    private void merge(String rows, RunSettings settings, String parameters) throws IOException {
        Files.writeString(folder.resolve("rows.csv"), rows);
        Path config = Files.writeString(folder.resolve("dam.yaml"), """
                merge_method: dam
                list_models: [[%s, null], [%s, null]]
                base_model_name: %s
                is_peft: true
                architecture: decoder
                training_data: [rows.csv, rows.csv]
                parameters: %s
                """.formatted(first, second, base, parameters));
        Context context = new Context(KitConfig.read(config), settings);
        merges.merge(context, merges.load(context));
    }

    private final class Context implements MergeContext {
        private final KitConfig config;
        private final RunSettings settings;

        Context(KitConfig config, RunSettings settings) {
            this.config = config;
            this.settings = settings;
        }

        @Override
        public KitConfig config() {
            return config;
        }

        @Override
        public RunSettings settings() {
            return settings;
        }

        @Override
        public Path checkpointFolder() {
            return output;
        }

        @Override
        public LoadedModels openModels() {
            return new LoadedModels(
                    store.open(Objects.requireNonNull(config.baseModel())),
                    KitMerge.models(config).stream().map(store::open).toList());
        }

        @Override
        public Path merge(MergeMethod method) {
            return output;
        }

        @Override
        public Path locate(String path) {
            return folder.resolve(path);
        }

        @Override
        public void say(String line) {
            said.add(line);
        }

        @Override
        public void note(String note) {
            notes.add(note);
        }

        @Override
        public Path merge(String method) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Path merge(String method, KitConfig chosen, List<String> notes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Scores validate(String method, KitConfig candidate) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Predictor openPredictor(Path checkpoint) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Scores score(Predictor predictor) {
            throw new UnsupportedOperationException();
        }
    }
}
