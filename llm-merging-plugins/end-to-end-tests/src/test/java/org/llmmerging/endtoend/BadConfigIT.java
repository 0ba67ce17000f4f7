package org.llmmerging.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

/** Configurations that cannot be run: what is wrong is named with its place, and nothing is left behind. */
class BadConfigIT {
    @TempDir
    Path folder;

    /** Runs a name with a changed copy of its configuration. */
    private void assertRefused(String name, String text, String... parts) throws IOException, InterruptedException {
        Path config = Files.writeString(folder.resolve("changed.yaml"), text);
        Path quiz = Inputs.quiz(folder);
        Kit.in(folder)
                .run("-m", name, "--config", config, "--dataset_filepaths", quiz, "--output_folder", "deep/out")
                .failed(2, parts);
        assertEquals(new TreeSet<>(List.of("changed.yaml", "quiz.csv")), Inputs.tree(folder));
    }

    /** The text is what {@code sed s/…/…/} makes of the configuration; {@code \n} begins a line. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // missing keys
                "slerp_llama2 | architecture: decoder +#.* | # | changed.yaml: | missing 'architecture'",
                "slerp_llama2 | base_model_name: .*        | #  | changed.yaml: | 'base_model_name'",
                // a key that there is not
                "ties_llama   | max_gen_len    | max_gen_lem | changed.yaml:12:1: | Did you mean 'max_gen_len'?",
                "ties_llama   | density        | densty      | changed.yaml:      | Did you mean 'density'?",
                // wrong types
                "ties_llama   | is_peft: false | is_peft: 3  | changed.yaml:9:10: | must be true or false, not '3'",
                "ties_llama   | max_seq_len: 1024 | max_seq_len: many | changed.yaml:11:14: | whole number",
                "ties_llama   | density: [0-9.]+ | density: thick | changed.yaml:16:12: | 'density'",
                "ties_llama   | density: [0-9.]+ | density: .nan | changed.yaml:16:12: | finite",
                "ties_llama   | architecture: decoder | architecture: decodr | changed.yaml:10:15: | Did you mean 'decoder'?",
                // what YAML itself refuses
                "ties_llama   | is_peft:       | merge_method: | changed.yaml:9:1: | duplicate key 'merge_method'",
                "ties_llama   | list_models:   | list_models: [ | changed.yaml: | ",
                // what does not fit together
                "ties_llama   | merge_method: ties | merge_method: slerp | changed.yaml | the name that is run merges with ties",
                "avg_llama    | parameter_lambdas: .* | parameter_lambdas: [1] | changed.yaml: | for 3 models",
                "ties_llama   | density: [0-9.]+ | density: -1 | changed.yaml | density"
            })
    void whatIsWrongIsNamed(String name, String from, String to, String place, String problem) throws Exception {
        String config = Inputs.config(name);
        String changed = config.replaceFirst(from, to == null ? "" : to);
        assertNotEquals(config, changed);
        assertRefused(name, changed, place, problem == null ? "" : problem);
    }

    @ParameterizedTest
    @CsvSource({"., is a folder", "/dev/null, is not a regular file", "none.yaml, there is no such configuration"})
    void aConfigurationThatIsNoFileIsCalledWhatItIs(String given, String expected) throws Exception {
        Kit.in(folder)
                .run("plan", "-m", "slerp_llama", "--config", folder.resolve(given))
                .failed(2, expected);
    }

    @Test
    void everythingThatIsWrongIsNamedAtOnce() throws Exception {
        String text = Inputs.config("ties_llama").replace("is_peft: false", "is_peft: 3").replace("max_gen", "maxgen");
        assertRefused("ties_llama", text, "changed.yaml:9:10: 'is_peft'", "changed.yaml:12:1: unknown key");
    }

    @Test
    void slerpTakesTwoModels() throws Exception {
        String text = Inputs.config("avg_llama3")
                .replace("merge_method: linear", "merge_method: slerp")
                .replaceFirst("parameter_lambdas: .*", "parameters: {t: 0.5}");
        assertRefused("slerp_llama3", text, "changed.yaml", "slerp merges exactly two models, and list_models has 3");
    }

    @Test
    void slerpTakesTwoDifferentModels() throws Exception {
        String text = Inputs.config("slerp_llama3").replace("llama3/summaries", "llama3/reasoning");
        assertRefused("slerp_llama3", text, "changed.yaml", "names models/llama3/reasoning twice");
    }

    @Test
    void modelStockNeedsTwoModels() throws Exception {
        String text = Inputs.config("ms_llama3").replaceFirst("(?m)^.*/summaries.*\n.*/arithmetic.*\n", "");
        assertRefused("ms_llama3", text, "changed.yaml", "model_stock merges at least 2 models", "has 1");
    }

    @Test
    void aConfigurationThatIsNotThere() throws Exception {
        Kit.in(folder).run("-m", "ties_llama", "--config", "none.yaml").failed(2, "none.yaml", "--config");
        Kit.in(folder).run("-m", "ties_llama", "--configs", "none").failed(2, "--configs", "no folder none");
        assertEquals(new TreeSet<>(), Inputs.tree(folder));
    }

    @Test
    void aMergekitFileIsHeldToTheSame() throws Exception {
        Path file = Files.writeString(folder.resolve("merge.yaml"), """
                merge_method: tise
                base_model: models/llama3/base
                models:
                  - model: models/llama3/reasoning
                """);
        Kit.in(folder).run("merge", file, "out").failed(2, "tise", "Did you mean 'ties'?");
        Files.writeString(file, """
                merge_method: ties
                base_model: models/llama3/base
                models:
                  - model: models/llama3/reasoning
                    parameters: {wieght: 1}
                """);
        Kit.in(folder).run("merge", file, "out").failed(2, "merge.yaml:5", "Did you mean 'weight'?");
        assertEquals(new TreeSet<>(List.of("merge.yaml")), Inputs.tree(folder));
    }
}
