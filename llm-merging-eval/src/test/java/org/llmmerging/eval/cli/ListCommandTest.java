package org.llmmerging.eval.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.llmmerging.plugin.PluginRegistry;
import org.llmmerging.plugin.RegisteredMethod;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** {@code list METHOD}; the end-to-end tests look at the whole list. */
class ListCommandTest {
    private static final Path MODELS = Path.of("..", "models", "llama3").toAbsolutePath().normalize();

    @TempDir
    private Path folder;

    static List<String> methods() {
        try (PluginRegistry registry = PluginRegistry.load(List.of())) {
            return registry.methods().stream().map(RegisteredMethod::name).toList();
        }
    }

    @Test
    void aMethodIsShownWithItsParametersAndAnExample() {
        CommandLineRun run = CommandLineRun.of("list", "slerp");
        assertEquals(0, run.exitCode(), run.err());
        assertEquals("""
                slerp (built in): spherical interpolation from the base to one model (Shoemake 1985)

                Models:     1
                Base model: required, besides the models
                Paper:      Animating rotation with quaternion curves, https://doi.org/10.1145/325334.325242

                PARAMETER  LEVEL   DEFAULT   VALUES      WHAT IT IS
                t          global  required  any number  0 is the base, 1 the other model

                merge_method: slerp
                base_model: path/to/base
                models:
                  - model: path/to/model1
                parameters: {t: 0.5}
                dtype: bfloat16
                """, run.out());
    }

    @Test
    void jsonHasTheSame() throws IOException {
        JsonNode method = new ObjectMapper().readTree(CommandLineRun.of("list", "geometric_median", "--json").out());
        assertEquals("geometric_median", method.get("method").textValue());
        assertEquals("built in", method.get("from").textValue());
        assertEquals("https://doi.org/10.1007/s10479-008-0352-z", method.at("/paper/address").textValue());
        assertEquals("{\"minimum\":1,\"maximum\":null,\"base\":\"optional\"}", method.get("models").toString());
        assertEquals(
                "[{\"name\":\"weight\",\"level\":\"per model\",\"type\":\"number\",\"default\":1,\"minimum\":0,"
                        + "\"maximum\":null,\"description\":\"how much the distance to the model counts; not all 0\"},"
                        + "{\"name\":\"max_iter\",\"level\":\"global\",\"type\":\"integer\",\"default\":100,"
                        + "\"minimum\":0,\"maximum\":2147483647,\"description\":\"most rounds of the iteration\"},"
                        + "{\"name\":\"tol\",\"level\":\"global\",\"type\":\"number\",\"default\":1.0E-8,"
                        + "\"minimum\":0,\"maximum\":null,\"description\":\"the step at which the iteration ends\"}]",
                method.get("parameters").toString());
        JsonNode flag = new ObjectMapper().readTree(CommandLineRun.of("list", "model_stock", "--json").out())
                .get("parameters").get(0);
        assertEquals(
                "{\"name\":\"filter_wise\",\"level\":\"global\",\"type\":\"boolean\",\"default\":false,"
                        + "\"description\":\"take the angle for each row, not for the tensor\"}",
                flag.toString());
    }

    @ParameterizedTest
    @MethodSource("methods")
    void theExampleIsAConfigurationThatCanBeMerged(String method) throws IOException {
        JsonNode page = new ObjectMapper().readTree(CommandLineRun.of("list", method, "--json").out());
        Path config = Files.writeString(folder.resolve("merge.yml"), page.get("example").textValue()
                .replace("path/to/base", MODELS.resolve("base").toString())
                .replace("path/to/model1", MODELS.resolve("reasoning").toString())
                .replace("path/to/model2", MODELS.resolve("summaries").toString()));
        CommandLineRun plan = CommandLineRun.of("plan", config);
        assertEquals(0, plan.exitCode(), plan.err());
    }

    @Test
    void anUnknownMethodIsAnsweredWithTheOneThatIsMeant() {
        CommandLineRun run = CommandLineRun.of("list", "tise");
        assertEquals(2, run.exitCode());
        assertEquals("", run.out());
        assertTrue(run.err().contains("no merge method named 'tise'. Did you mean 'ties'?"), run.err());
    }
}
