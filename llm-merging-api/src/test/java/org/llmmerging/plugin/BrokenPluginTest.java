package org.llmmerging.plugin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.MergeMethod;
import org.llmmerging.Merges;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** A plugin that cannot be used is reported with its cause, and the one beside it still works. */
class BrokenPluginTest extends BrokenPluginFixture {
    private static final String ONE_MODEL = "ModelCount.exactly(1, ModelCount.Base.MEMBER)";
    private static final Duration SHORT = Duration.ofSeconds(2);

    @Test
    void aJarThatIsNoPlugin() throws IOException {
        PluginJarBuilder.jar().entry("readme.txt", new byte[1]).build(jar);
        failure("no Plugin-Id");
    }

    @Test
    void aPluginWithoutVersion() throws IOException {
        PluginJarBuilder.jar().attribute("Plugin-Id", "test.broken").build(jar);
        failure("no Plugin-Version");
    }

    @Test
    void aPluginThatRegistersNothing() throws IOException {
        PluginJarBuilder.plugin("test.broken").build(jar);
        failure("test.broken", "registers nothing", "META-INF/services");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.2.0", ">=9.0.0", "0.0.9", "<0.1.0"})
    void aPluginForAnotherVersion(String requires) throws IOException {
        PluginSources.method("test.broken", "broken_method").attribute("Plugin-Requires", requires).build(jar);
        failure("requires llm-merging " + requires, "this is " + PluginRegistry.API_VERSION);
    }

    @Test
    void aVersionConstraintThatIsNone() throws IOException {
        PluginSources.method("test.broken", "broken_method").attribute("Plugin-Requires", "new one").build(jar);
        failure("manifest cannot be used");
    }

    @Test
    void aPluginForThisVersionIsNotBroken() throws IOException {
        PluginSources.method("test.fine", "fine_method")
                .attribute("Plugin-Requires", PluginRegistry.API_VERSION)
                .build(jar);
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            assertEquals(List.of(), registry.failures());
        }
    }

    @Test
    void aClassOfANewerJava() throws IOException {
        int next = Runtime.version().feature() + 1;
        PluginSources.method("test.broken", "broken_method").majorVersion(44 + next).build(jar);
        failure("test.broken", "built for Java " + next, "--release " + Runtime.version().feature());
    }

    @ParameterizedTest
    @CsvSource({
        "throw new IllegalStateException(\"boom\");, IllegalStateException: boom",
        "throw new java.io.IOException(\"boom\");, IOException: boom",
        "throw new AssertionError(\"boom\");, AssertionError: boom",
        "throw new StackOverflowError();, StackOverflowError",
        "throw new OutOfMemoryError(\"boom\");, OutOfMemoryError: boom",
        "Object o = \"\"; Integer i = (Integer) o;, ClassCastException"
    })
    void aConstructorThatThrows(String statement, String cause) throws IOException {
        PluginSources.method("test.broken", "broken_method", statement, "").build(jar);
        failure("test.broken", "test.Method", cause);
    }

    @Test
    void aStaticInitializerThatThrows() throws IOException {
        PluginSources.method("test.broken", "broken_method", "", "static final int ONE = 1 / Integer.parseInt(\"0\");")
                .build(jar);
        failure("test.broken", "ArithmeticException");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Thread.sleep(100_000);",
                "for (long end = System.nanoTime() + 4_000_000_000L; System.nanoTime() < end; ) {}"
            })
    void aConstructorThatHangs(String statement) throws IOException {
        PluginSources.method("test.broken", "broken_method", "if (System.nanoTime() != 0) { " + statement + " }", "")
                .build(jar);
        PluginFailure failure = onlyFailure(SHORT);
        assertTrue(failure.message().contains("took longer than 2.0 s"), failure.message());
        assertTrue(failure.message().contains("test.Method.<init>"), failure.message());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "System.exit(7);", "Runtime.getRuntime().exit(7);", "Runtime.getRuntime().halt(7);",
                "for (int i = 0; i < 3; i++) { if (i == 2) { System.exit(i + 5); } }"
            })
    void aConstructorThatEndsTheProcess(String statement) throws IOException {
        PluginSources.method("test.broken", "broken_method", statement, "").build(jar);
        failure("test.broken", "end the process with exit code 7");
    }

    @Test
    void aServiceThatIsNotInTheJar() throws IOException {
        PluginJarBuilder.plugin("test.broken").service(MergeMethod.class, "test.Missing").build(jar);
        failure("test.broken", "test.Missing", "not found");
    }

    @Test
    void aLibraryThatThePluginDoesNotBring() throws Exception {
        Path library = PluginJarBuilder.jar()
                .source("lib.Tool", "package lib; public class Tool {}")
                .build(folder.resolve("library.zip"));
        PluginSources.method("test.broken", "broken_method", "new lib.Tool();", "").against(library).build(jar);
        failure("test.broken", "lib.Tool", "bring other libraries along");
    }

    @Test
    void aServiceThatIsOfAnotherKind() throws IOException {
        PluginSources.method("test.broken", "broken_method").service(Merges.class, "test.Method").build(jar);
        failure("test.broken", "test.Method", "not a subtype");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | merges() of test.Provider is null",
                "Arrays.asList((Merges) null) | an element of merges() of test.Provider is null",
                "List.of(new Merges() { public MergesDescription description() { return null; } }) | description() of test.Pro",
                "List.of(StandardMerges.named(null, \"ties\", \"llama2\")) | NullPointerException",
                "List.of(StandardMerges.named(\"Bad Name\", \"ties\", \"llama2\")) | lower-case words",
                "StandardMerges.forArchitecture(\"flan-t5\") | lower-case words"
            })
    void aProviderThatGivesNonsense(String returned, String problem) throws IOException {
        PluginSources.provider("test.broken", returned).build(jar);
        failure("test.broken", problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Two Words", "UPPER", "with-hyphen", "_x", "../x"})
    void aMethodWhoseNameNoConfigurationCouldSay(String name) throws IOException {
        PluginSources.method("test.broken", name).build(jar);
        failure("test.broken", "lower-case words", "\"" + name + "\"");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | parameters() of test.Method is null",
                "java.util.Arrays.asList((ParameterSpec) null) | an element of parameters() of test.Method is null",
                "List.of(ParameterSpec.global(\"f\"), ParameterSpec.perModel(\"f\")) | declares \"f\" twice",
                "List.of(ParameterSpec.global(\"f\").withDefault(5).within(0, 1)) | default of parameter f is 5.0"
            })
    void aMethodWhoseParametersCannotBe(String parameters, String problem) throws IOException {
        PluginSources.declaring("test.broken", parameters, ONE_MODEL, "").build(jar);
        failure("test.broken", problem);
    }

    @Test
    void aMethodThatMergesNoNumberOfModels() throws IOException {
        PluginSources.declaring("test.broken", "List.of()", "new ModelCount(5, 2, ModelCount.Base.MEMBER)", "")
                .build(jar);
        failure("test.broken", "no method merges 5 to 2 models");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "perModel(\"g\") | lambdaParameter() of test.Method is \"g\", which is none of its parameters()",
                "global(\"f\") | which is one for the whole merge: models() must take one model and a base then"
            })
    void aMethodWhoseCoefficientsCannotBe(String lambda, String problem) throws IOException {
        PluginSources.declaring("test.broken", "List.of(ParameterSpec.global(\"f\"))", ONE_MODEL, """
                public java.util.Optional<ParameterSpec> lambdaParameter() {
                    return java.util.Optional.of(ParameterSpec.%s);
                }
                """.formatted(lambda)).build(jar);
        failure("test.broken", problem);
    }

    @Test
    void aSummaryOfTwoLines() throws IOException {
        PluginJarBuilder.plugin("test.broken")
                .source("test.Long", """
                        package test;
                        import java.util.List;
                        import org.llmmerging.*;
                        public final class Long implements MergeMethod {
                            public String name() { return "long"; }
                            public String summary() { return "a\\nb"; }
                            public List<ParameterSpec> parameters() { return List.of(); }
                            public ModelCount models() { return null; }
                            public TensorKernel prepare(TensorInputs inputs, Parameters parameters) { return null; }
                        }
                        """)
                .service(MergeMethod.class, "test.Long")
                .build(jar);
        failure("test.broken", "summary() of test.Long is more than a line");
    }

    /** Its name is still in the jar's directory, so that nothing shows before the class is loaded. */
    @Test
    void aClassWhoseBytesAreDamaged() throws IOException {
        PluginSources.method("test.broken", "broken_method").build(jar);
        byte[] bytes = Files.readAllBytes(jar);
        byte[] name = "test/Method.class".getBytes(StandardCharsets.US_ASCII);
        int data = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("test/Method.class") + name.length;
        Arrays.fill(bytes, data, data + 40, (byte) 0xff);
        Files.write(jar, bytes);
        failure("test.broken", "its class test.Method cannot be read (", "Build or download the jar again.");
    }

    @Test
    void aMethodWhosePaperNoModelCardCanName() throws IOException {
        PluginSources.method("test.broken", "broken_method", "", """
                public java.util.Optional<Paper> paper() {
                    return java.util.Optional.of(new Paper("A [sic] paper", "https://example.com"));
                }
                """).build(jar);
        failure("test.broken", "the title of a paper is one line without square brackets");
    }

    @Test
    void aDependencyThatIsNotThere() throws IOException {
        PluginSources.method("test.broken", "broken_method")
                .attribute("Plugin-Dependencies", "test.missing")
                .build(jar);
        failure("depends on plugin test.missing", "not there");
    }

    @Test
    void aDependencyOfAnotherVersion() throws IOException {
        PluginSources.method("test.broken", "broken_method")
                .attribute("Plugin-Dependencies", "test.good@>=2.0.0")
                .build(jar);
        failure("version >=2.0.0 of plugin test.good", "in version 1.0.0");
    }

    @Test
    void pluginsThatDependOnEachOther() throws IOException {
        PluginSources.method("test.a", "a_method").attribute("Plugin-Dependencies", "test.b").build(jar);
        PluginSources.method("test.b", "b_method")
                .attribute("Plugin-Dependencies", "test.a")
                .build(folder.resolve("other.jar"));
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            registry.requireMethod("good_method");
            List<String> messages = registry.failures().stream().map(PluginFailure::message).toList();
            assertEquals(2, messages.size());
            assertTrue(messages.get(0).contains("cycle (test.a -> test.b -> test.a)"), messages.toString());
            assertTrue(messages.get(1).contains("cycle (test.b -> test.a -> test.b)"), messages.toString());
        }
    }

    @Test
    void aPluginWhoseDependencyFailed() throws IOException {
        PluginSources.method("test.a", "a_method", "throw new Exception(\"boom\");", "").build(jar);
        PluginSources.method("test.b", "b_method")
                .attribute("Plugin-Dependencies", "test.a")
                .build(folder.resolve("other.jar"));
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            List<String> messages = registry.failures().stream().map(PluginFailure::message).toList();
            assertEquals(2, messages.size());
            assertTrue(messages.get(1).contains("depends on plugin test.a, which could not"), messages.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"test.Missing, ClassNotFoundException", "test.Method, subclass of org.pf4j.Plugin"})
    void aPluginClassThatIsNone(String pluginClass, String problem) throws IOException {
        PluginSources.method("test.broken", "broken_method").attribute("Plugin-Class", pluginClass).build(jar);
        failure("Plugin-Class " + pluginClass, problem);
    }

    @Test
    void aServiceFileThatIsNoText() throws IOException {
        PluginJarBuilder.plugin("test.broken")
                .entry("META-INF/services/org.llmmerging.MergeMethod", "one two".getBytes(StandardCharsets.UTF_8))
                .build(jar);
        failure("test.broken", "Illegal configuration-file syntax");
    }
}
