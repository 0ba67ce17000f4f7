package org.llmmerging.eval.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.Merges;
import org.llmmerging.StandardMerges;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.plugin.Origin;
import org.llmmerging.plugin.RegisteredMerges;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class CodeDigestTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void writeClasses() throws IOException {
        Files.createDirectories(folder.resolve("classes/a"));
        Files.writeString(folder.resolve("classes/a/One.class"), "one");
        Files.writeString(folder.resolve("classes/Two.class"), "two");
        Files.writeString(folder.resolve("plugin.jar"), "jar");
    }

    /** In a test the modules' classes lie in folders, in an installation in jars. */
    @Test
    void isOfBothModules() {
        assertTrue(CodeDigest.kit().matches("[0-9a-f]{64} [0-9a-f]{64}"), CodeDigest.kit());
    }

    @Test
    void changesWithTheJarThatANameComesFrom() throws IOException {
        String before = CodeDigest.entry(entry());
        assertEquals(before, CodeDigest.entry(entry()));
        Files.writeString(folder.resolve("plugin.jar"), "raj");
        assertNotEquals(before, CodeDigest.entry(entry()));
    }

    @Test
    void changesWithAClassAndItsName() throws IOException {
        String before = ContentDigest.of(folder.resolve("classes"));
        assertEquals(before, ContentDigest.of(folder.resolve("classes")));
        Files.writeString(folder.resolve("classes/a/One.class"), "eno");
        String edited = ContentDigest.of(folder.resolve("classes"));
        assertNotEquals(before, edited);
        Files.move(folder.resolve("classes/Two.class"), folder.resolve("classes/Three.class"));
        assertNotEquals(edited, ContentDigest.of(folder.resolve("classes")));
    }

    @Test
    void saysWhatCannotBeRead() {
        Path missing = folder.resolve("missing.jar");
        CheckpointException e = assertThrows(CheckpointException.class, () -> ContentDigest.of(missing));
        assertTrue(e.getMessage().contains("missing.jar"), e.getMessage());
    }

    private RegisteredMerges entry() {
        Merges merges = StandardMerges.named("avg_tiny", "linear", "tiny");
        return new RegisteredMerges(
                merges.description(), merges,
                new Origin.PluginJar(folder.resolve("plugin.jar")));
    }
}
