package org.llmmerging.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.Merges;
import org.llmmerging.config.ConfigException;
import org.llmmerging.plugin.Origin.PluginJar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PluginRegistryTest {
    @TempDir
    Path folder;

    @Test
    void anArchitecturesPluginRegistersEightNamesWithTheirMethods() throws IOException {
        Path jar = PluginSources.architecture(folder.resolve("llama9.jar"), "llama9");
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            assertEquals(List.of(), registry.failures());
            assertEquals(
                    List.of("avg_llama9 linear", "slerp_llama9 slerp", "ta_llama9 task_arithmetic", "ties_llama9 ties",
                            "dare_llama9 dare_linear", "dare_ties_llama9 dare_ties", "ms_llama9 model_stock",
                            "geometric_median_llama9 geometric_median"),
                    registry.merges().stream()
                            .filter(each -> each.description().architecture().equals("llama9"))
                            .map(each -> each.name() + " " + each.description().method())
                            .toList());
            assertEquals(
                    new PluginJar(jar), registry.requireMerges("slerp_llama9").origin());
        }
    }

    @Test
    void takingAJarAwayRemovesItsNamesAndNothingElse() throws IOException {
        Path gone = PluginSources.architecture(folder.resolve("a.jar"), "llama8");
        PluginSources.architecture(folder.resolve("b.jar"), "llama9");
        Files.delete(gone);
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            assertTrue(registry.findMerges("ties_llama8").isEmpty());
            assertTrue(registry.findMerges("ties_llama9").isPresent());
        }
    }

    @Test
    void aSingleMergesIsAServiceToo() throws IOException {
        PluginJarBuilder.plugin("test.single")
                .source("test.Single", """
                        package test;
                        import org.llmmerging.*;
                        public final class Single implements Merges {
                            public MergesDescription description() {
                                return new MergesDescription("my_entry", "ties", "llama2");
                            }
                        }
                        """)
                .service(Merges.class, "test.Single")
                .build(folder.resolve("single.jar"));
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            assertEquals("ties", registry.requireMerges("my_entry").description().method());
        }
    }

    @Test
    void aDroppedInMethodIsFoundByName() throws IOException {
        PluginSources.method("test.first", "first_model").build(folder.resolve("first.jar"));
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            RegisteredMethod method = registry.requireMethod("first_model");
            assertEquals("first_model", method.method().name());
            assertEquals("A test's own", method.method().summary());
        }
    }

    @Test
    void pluginsOfSeveralFoldersAreThereAndAFolderGivenTwiceCountsOnce() throws IOException {
        Path one = Files.createDirectory(folder.resolve("one"));
        Path two = Files.createDirectory(folder.resolve("two"));
        PluginSources.architecture(one.resolve("a.jar"), "llama8");
        PluginSources.architecture(two.resolve("b.jar"), "llama9");
        try (PluginRegistry registry = PluginRegistry.load(List.of(one, two, two.resolve("..").resolve("one")))) {
            assertTrue(registry.findMerges("ms_llama8").isPresent());
            assertTrue(registry.findMerges("ms_llama9").isPresent());
        }
    }

    @Test
    void onlyFilesNamedJarAreLookedAt() throws IOException {
        Files.writeString(folder.resolve("README.md"), "no plugin");
        Files.writeString(folder.resolve("._llama.jar"), "what macOS leaves in archives");
        Files.createDirectory(folder.resolve("subfolder"));
        PluginSources.architecture(folder.resolve("Upper.JAR"), "llama9");
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            assertEquals(List.of(), registry.failures());
            assertTrue(registry.findMerges("ms_llama9").isPresent());
        }
    }

    @Test
    void aFolderThatDoesNotExistIsAnError() {
        Path missing = folder.resolve("plugns");
        PluginException error = assertThrows(PluginException.class, () -> PluginRegistry.load(List.of(missing)));
        assertTrue(message(error).startsWith(missing.toString()), message(error));
        assertEquals(6, error.exitCode());
    }

    @Test
    void anUnknownNameSuggestsTheNearest() throws IOException {
        PluginSources.architecture(folder.resolve("llama9.jar"), "llama9");
        PluginSources.method("test.first", "first_model").build(folder.resolve("first.jar"));
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            ConfigException merges = assertThrows(ConfigException.class, () -> registry.requireMerges("slrep_llama9"));
            assertTrue(message(merges).contains("Did you mean 'slerp_llama9'?"), message(merges));
            assertEquals(2, merges.exitCode());
            ConfigException strange = assertThrows(
                    ConfigException.class, () -> registry.requireMethod("\u001b" + "x".repeat(1_000_000)));
            String told = String.valueOf(strange.getMessage());
            assertTrue(told.startsWith("There is no merge method named '\\u001bx") && told.length() < 2_000, told);
            ConfigException method = assertThrows(ConfigException.class, () -> registry.requireMethod("frist_model"));
            assertTrue(message(method).contains("Did you mean 'first_model'?"), message(method));
        }
    }

    @Test
    void anUnknownNameTellsOfThePluginsThatFailed() throws IOException {
        Files.writeString(folder.resolve("broken.jar"), "not a zip");
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            ConfigException error = assertThrows(ConfigException.class, () -> registry.requireMerges("slerp_llama9"));
            assertTrue(message(error).contains("broken.jar"), message(error));
        }
    }

    @Test
    void aNameInTwoJarsIsAnErrorThatNamesBoth() throws IOException {
        Path first = PluginSources.provider(
                "test.one", "List.of(StandardMerges.named(\"mine\", \"ties\", \"llama2\"))")
                .build(folder.resolve("one.jar"));
        Path second = PluginSources.provider(
                "test.two", "List.of(StandardMerges.named(\"mine\", \"slerp\", \"llama2\"))")
                .build(folder.resolve("two.jar"));
        PluginException error = assertThrows(PluginException.class, () -> PluginRegistry.load(List.of(folder)));
        assertEquals(6, error.exitCode());
        for (String part : List.of("'mine'", first.toString(), second.toString())) {
            assertTrue(message(error).contains(part), message(error));
        }
    }

    @Test
    void allRepeatedNamesAreToldAtOnce() throws IOException {
        PluginSources.architecture(folder.resolve("a.jar"), "llama9");
        PluginSources.provider("test.again", "StandardMerges.forArchitecture(\"llama9\")")
                .build(folder.resolve("b.jar"));
        PluginException error = assertThrows(PluginException.class, () -> PluginRegistry.load(List.of(folder)));
        assertEquals(8, message(error).lines().count(), message(error));
    }

    @Test
    void aNameThatIsBuiltInCannotBeTaken() throws Exception {
        Path builtIn = PluginSources.method("built.in", "resident").build(folder.resolve("host.zip"));
        Path plugin = PluginSources.method("test.intruder", "resident").build(folder.resolve("intruder.jar"));
        URL[] hostClasses = {builtIn.toUri().toURL()};
        try (URLClassLoader host = new URLClassLoader(hostClasses, PluginRegistry.class.getClassLoader())) {
            PluginException error = assertThrows(
                    PluginException.class,
                    () -> PluginRegistry.load(List.of(folder), PluginRegistry.TIME_LIMIT, host, Assertions::fail));
            assertTrue(message(error).contains("'resident'"), message(error));
            assertTrue(message(error).contains("built in and " + plugin), message(error));
        }
    }

    @Test
    void theSamePluginIdTwiceIsAnErrorThatNamesBothJars() throws IOException {
        Path first = PluginSources.method("test.same", "first_model").build(folder.resolve("one.jar"));
        Path second = PluginSources.method("test.same", "second_model").build(folder.resolve("two.jar"));
        PluginException error = assertThrows(PluginException.class, () -> PluginRegistry.load(List.of(folder)));
        for (String part : List.of("test.same", first.toString(), second.toString())) {
            assertTrue(message(error).contains(part), message(error));
        }
    }

    @Test
    void pluginRequiresIsHeldAgainstTheVersionOfTheBuild() throws IOException {
        Matcher version = Pattern.compile("<artifactId>llm-merging</artifactId>\\s*<version>(.*?)</version>")
                .matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(version.find());
        assertEquals(version.group(1), PluginRegistry.API_VERSION);
    }

    @Test
    void aPluginClassIsStartedAndStopped() throws IOException {
        PluginSources.method("test.living", "first_model")
                .attribute("Plugin-Class", "test.Life")
                .source("test.Life", """
                        package test;
                        public final class Life extends org.pf4j.Plugin {
                            @Override public void start() { System.setProperty("test.life", "started"); }
                            @Override public void stop() { System.setProperty("test.life", "stopped"); }
                        }
                        """)
                .build(folder.resolve("living.jar"));
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            assertEquals(List.of(), registry.failures());
            assertEquals("started", System.getProperty("test.life"));
        }
        assertEquals("stopped", System.clearProperty("test.life"));
    }

    @Test
    void aPluginThatFailsToStopIsAWarning() throws IOException {
        PluginSources.method("test.living", "first_model")
                .attribute("Plugin-Class", "test.Life")
                .source("test.Life", """
                        package test;
                        public final class Life extends org.pf4j.Plugin {
                            @Override public void stop() { throw new AssertionError("still busy"); }
                        }
                        """)
                .build(folder.resolve("living.jar"));
        List<String> warnings = new ArrayList<>();
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder), warnings::add)) {
            assertEquals(List.of(), registry.failures());
        }
        assertEquals(1, warnings.size());
        assertTrue(warnings.getFirst().startsWith(folder.resolve("living.jar") + ": plugin test.living failed to stop: "
                + "java.lang.AssertionError: still busy"), warnings.toString());
    }

    private static String message(Throwable error) {
        return String.valueOf(error.getMessage());
    }
}
