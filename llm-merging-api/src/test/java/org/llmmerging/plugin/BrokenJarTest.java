package org.llmmerging.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** A file that is no jar, or a harmful one, is reported with its cause, and the plugin beside it still works. */
class BrokenJarTest extends BrokenPluginFixture {
    @ParameterizedTest
    @ValueSource(strings = {"", "not a zip", "PK\u0003\u0004 cut off"})
    void whatIsNoZip(String content) throws IOException {
        Files.writeString(jar, content);
        failure("not a readable jar");
    }

    @Test
    void aJarCutInHalf() throws IOException {
        PluginSources.method("test.broken", "broken_method").build(jar);
        byte[] whole = Files.readAllBytes(jar);
        Files.write(jar, Arrays.copyOf(whole, whole.length / 2));
        failure("not a readable jar");
    }

    @Test
    void aFolderNamedLikeAJar() throws IOException {
        Files.createDirectory(jar);
        failure("not a file");
    }

    @Test
    void aLinkToNowhere() throws IOException {
        Files.createSymbolicLink(jar, folder.resolve("missing"));
        failure("not a file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../evil.txt", "a/../../evil.txt", "/etc/evil", "..\\evil.txt"})
    void anEntryThatPointsOutOfTheJar(String name) throws IOException {
        PluginSources.method("test.broken", "broken_method").entry(name, new byte[1]).build(jar);
        failure("points out of the jar");
    }

    @ParameterizedTest
    @ValueSource(strings = {"META-INF/MANIFEST.MF", "META-INF/services/org.llmmerging.MergeMethod"})
    void aZipBombWhereTextShouldBe(String name) throws IOException {
        bomb(name);
        failure("larger than 1 MiB");
    }

    @Test
    void aZipBombInPlaceOfAClass() throws IOException {
        bomb("test/Method.class");
        failure("test.broken", "larger than 16 MiB");
    }

    @Test
    void aZipBombThatNobodyReadsIsNeverUnpacked() throws IOException {
        Set<Path> before = filesBeside();
        bomb("data/bomb.bin");
        Files.move(jar, folder.resolve("harmless.jar"));
        try (PluginRegistry registry = PluginRegistry.load(List.of(folder))) {
            assertEquals(List.of(), registry.failures());
        }
        before.add(folder.resolve("harmless.jar"));
        assertEquals(before, filesBeside());
    }

    private Set<Path> filesBeside() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** A good plugin in which one entry of 200 MB of zeros replaces or joins the others. */
    private void bomb(String name) throws IOException {
        Path good = PluginSources.method("test.broken", "harmless_method").build(folder.resolve("template.zip"));
        try (ZipFile from = new ZipFile(good.toFile());
                OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream to = new ZipOutputStream(file)) {
            for (ZipEntry entry : from.stream().filter(each -> !each.getName().equals(name)).toList()) {
                to.putNextEntry(new ZipEntry(entry.getName()));
                from.getInputStream(entry).transferTo(to);
            }
            to.putNextEntry(new ZipEntry(name));
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 200; i++) {
                to.write(zeros);
            }
        }
        Files.delete(good);
    }
}
