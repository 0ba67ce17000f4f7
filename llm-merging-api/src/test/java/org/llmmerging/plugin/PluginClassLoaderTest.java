package org.llmmerging.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.MergeMethod;
import org.llmmerging.Merges;
import org.llmmerging.checkpoint.FolderTree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class PluginClassLoaderTest {
    @TempDir
    Path folder;

    private PluginClassLoader open(Path jar) throws IOException {
        return new PluginClassLoader("test", jar, PluginClassLoader.class.getClassLoader());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.llmmerging.MergeMethod", "org.llmmerging.checkpoint.Checkpoint", "org.slf4j.Logger",
                "org.jspecify.annotations.Nullable", "org.pf4j.Plugin"
            })
    void theApiIsTheHosts(String name) throws Exception {
        try (PluginClassLoader loader = open(PluginJarBuilder.plugin("test").build(folder.resolve("a.jar")))) {
            assertSame(Class.forName(name), loader.loadClass(name));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "com.fasterxml.jackson.databind.ObjectMapper", "org.yaml.snakeyaml.Yaml",
                "com.github.zafarkhaja.semver.Version",
                "org.junit.jupiter.api.Test", "org.pf4j.util.FileUtils"
            })
    void otherLibrariesOfTheHostAreHidden(String name) throws Exception {
        try (PluginClassLoader loader = open(PluginJarBuilder.plugin("test").build(folder.resolve("a.jar")))) {
            assertThrows(ClassNotFoundException.class, () -> loader.loadClass(name));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org.llmmerging.merge.MergePlanner", "org.llmmerging.hub.HubCache", "org.llmmerging.soup.SoupMerges",
                "org.llmmerging.plugin.PluginRegistry"
            })
    void theKitsOtherPackagesAreHidden(String name) throws Exception {
        try (PluginClassLoader loader = open(PluginJarBuilder.plugin("test").build(folder.resolve("a.jar")))) {
            assertEquals(name, Class.forName(name).getName());
            assertThrows(ClassNotFoundException.class, () -> loader.loadClass(name));
        }
    }

    @Test
    void whatIsVisibleMentionsOnlyWhatIsVisible() throws Exception {
        List<String> hidden = new ArrayList<>();
        for (Class<?> type : publicClassesThatPluginsSee()) {
            Stream.of(
                    Arrays.stream(type.getMethods()).map(Method::getReturnType),
                    Arrays.stream(type.getMethods()).flatMap(each -> Arrays.stream(each.getParameterTypes())),
                    Arrays.stream(type.getConstructors()).flatMap(each -> Arrays.stream(each.getParameterTypes())),
                    Arrays.stream(type.getFields()).map(Field::getType),
                    Stream.ofNullable(type.getSuperclass()),
                    Arrays.stream(type.getInterfaces()))
                    .flatMap(each -> each)
                    .map(each -> each.isArray() ? each.componentType() : each)
                    .filter(each -> each.getClassLoader() == type.getClassLoader())
                    .map(Class::getName)
                    .filter(each -> !VisiblePackages.contain(each))
                    .forEach(each -> hidden.add(type.getName() + " mentions " + each));
        }
        assertEquals(List.of(), hidden);
    }

    private static List<Class<?>> publicClassesThatPluginsSee() throws Exception {
        Path classes = Path.of(Merges.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        List<Class<?>> found = new ArrayList<>();
        for (Path file : FolderTree.files(classes.resolve("org"))) {
            String name = classes.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
            if (!name.endsWith("-info") && VisiblePackages.contain(name)) {
                Class<?> type = Class.forName(name, false, Merges.class.getClassLoader());
                if (Modifier.isPublic(type.getModifiers())) {
                    found.add(type);
                }
            }
        }
        assertTrue(found.size() > 50, found::toString);
        return found;
    }

    @Test
    void thePageForAuthorsListsThePackages() throws IOException {
        String page = Files.readString(Path.of("../docs/how-to/write-a-plugin.md"));
        Set<String> listed = Pattern.compile("(?m)^\\| `(org\\.llmmerging[a-z.]*)` \\|").matcher(page).results()
                .map(row -> row.group(1))
                .collect(Collectors.toSet());
        assertEquals(Set.copyOf(VisiblePackages.OF_THE_KIT), listed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"java.sql.Connection", "javax.xml.parsers.SAXParser", "jdk.net.ExtendedSocketOptions"})
    void theJdkIsVisible(String name) throws Exception {
        try (PluginClassLoader loader = open(PluginJarBuilder.plugin("test").build(folder.resolve("a.jar")))) {
            assertSame(Class.forName(name), loader.loadClass(name));
        }
    }

    @Test
    void aLibraryInTheJarIsThePluginsOwn() throws Exception {
        Path jar = PluginJarBuilder.plugin("test")
                .source("org.yaml.snakeyaml.Yaml", "package org.yaml.snakeyaml; public class Yaml {}")
                .build(folder.resolve("a.jar"));
        try (PluginClassLoader loader = open(jar)) {
            Class<?> own = loader.loadClass("org.yaml.snakeyaml.Yaml");
            assertSame(loader, own.getClassLoader());
            assertNotSame(Class.forName("org.yaml.snakeyaml.Yaml"), own);
            assertEquals(jar.toUri().toURL(), own.getProtectionDomain().getCodeSource().getLocation());
        }
    }

    @Test
    void aCopyOfTheApiInTheJarShadowsNothing() throws IOException {
        PluginSources.method("test.copy", "copied_method")
                .source("org.llmmerging.Merges", "package org.llmmerging; public interface Merges { int other(); }")
                .build(folder.resolve("copy.jar"));
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            assertEquals(List.of(), registry.failures());
            MergeMethod method = registry.requireMethod("copied_method").method();
            ClassLoader loader = method.getClass().getClassLoader();
            assertTrue(loader instanceof PluginClassLoader);
            assertSame(Merges.class, assertDoesNotThrowLoad(loader, "org.llmmerging.Merges"));
        }
    }

    private static Class<?> assertDoesNotThrowLoad(ClassLoader loader, String name) {
        try {
            return loader.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aPluginMayLiveInAPackageOfOurs() throws Exception {
        Path jar = PluginJarBuilder.plugin("test")
                .source("org.llmmerging.plugins.Own", "package org.llmmerging.plugins; public class Own {}")
                .build(folder.resolve("a.jar"));
        try (PluginClassLoader loader = open(jar)) {
            assertSame(loader, loader.loadClass("org.llmmerging.plugins.Own").getClassLoader());
        }
    }

    @Test
    void resourcesComeFromTheJarAlone() throws Exception {
        String odd = "data/with space & ümlaut#.txt";
        Path jar = PluginJarBuilder.plugin("test")
                .entry(odd, "own".getBytes(StandardCharsets.UTF_8))
                .build(folder.resolve("odd name#1.jar"));
        try (PluginClassLoader loader = open(jar)) {
            try (InputStream direct = Objects.requireNonNull(loader.getResourceAsStream(odd));
                    InputStream byUrl = Objects.requireNonNull(loader.getResource(odd)).openStream()) {
                assertEquals("own", new String(direct.readAllBytes(), StandardCharsets.UTF_8));
                assertEquals("own", new String(byUrl.readAllBytes(), StandardCharsets.UTF_8));
            }
            String hosts = "org/llmmerging/MergeMethod.class";
            assertNull(loader.getResource(hosts));
            assertNull(loader.getResourceAsStream(hosts));
        }
    }

    @Test
    void aPluginSeesTheClassesOfThoseItDependsOnAndOfNoOther() throws IOException {
        Path library = PluginJarBuilder.plugin("test.library")
                .source("lib.Answer", "package lib; public class Answer { public static final Integer IT = 42; }")
                .build(folder.resolve("z-library.jar"));
        PluginSources.method("test.user", "using_method", "if (lib.Answer.IT != 42) throw new Exception();", "")
                .attribute("Plugin-Dependencies", "test.library")
                .against(library)
                .build(folder.resolve("a-user.jar"));
        PluginSources.method("test.thief", "thieving_method", "if (lib.Answer.IT != 42) throw new Exception();", "")
                .against(library)
                .build(folder.resolve("thief.jar"));
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            registry.requireMethod("using_method");
            assertEquals(1, registry.failures().size());
            String message = registry.failures().getFirst().message();
            assertTrue(message.contains("test.thief") && message.contains("lib.Answer"), message);
        }
    }

    @Test
    void nothingIsTakenFromAnotherJarThanTheOneOpened() throws Exception {
        Path jar = PluginJarBuilder.plugin("test").attribute("Class-Path", "other.jar").build(folder.resolve("a.jar"));
        PluginJarBuilder.jar().entry("other.txt", new byte[1]).build(folder.resolve("other.jar"));
        try (PluginClassLoader loader = open(jar)) {
            assertNull(loader.getResource("other.txt"));
        }
    }
}
