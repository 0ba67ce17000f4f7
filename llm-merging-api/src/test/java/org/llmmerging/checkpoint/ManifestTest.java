package org.llmmerging.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ManifestTest {
    /** SHA-256 of "abc", an example of FIPS 180-4. */
    private static final String ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    private Path folder;

    @Test
    void saysWhatWasWritten() throws IOException {
        Files.writeString(folder.resolve("a.txt"), "abc");
        Path known = Files.writeString(folder.resolve("b.txt"), "of known digest");
        Manifest.write(folder, Map.of("method", "linear"), Map.of(known, "00"));
        Manifest manifest = Manifest.read(folder).orElseThrow();
        assertEquals("linear", manifest.text("method"));
        assertEquals(List.of(new Manifest.Entry("a.txt", 3, ABC), new Manifest.Entry("b.txt", 15, "00")),
                manifest.files());
    }

    @Test
    void describesFoldersWithinToo() throws IOException {
        Files.writeString(Files.createDirectory(folder.resolve("within")).resolve("a.txt"), "abc");
        Manifest.write(folder, Map.of(), Map.of());
        assertEquals(List.of(new Manifest.Entry("within/a.txt", 3, ABC)), Manifest.read(folder).orElseThrow().files());
    }

    @Test
    void filesMayBeDescribedInPart() throws IOException {
        Files.writeString(folder.resolve(Manifest.FILE),
                "{\"files\": [{\"name\": \"base/config.json\", \"bytes\": 3}, {\"name\": \"x\"}]}");
        Manifest manifest = Manifest.read(folder).orElseThrow();
        assertTrue(manifest.hasFiles());
        assertEquals(List.of(new Manifest.Entry("base/config.json", 3, ""), new Manifest.Entry("x", -1, "")),
                manifest.files());
    }

    @Test
    void anotherProgramsJsonDescribesNothing() throws IOException {
        Files.writeString(folder.resolve(Manifest.FILE), "[1, {\"files\": 2}]");
        Manifest manifest = Manifest.read(folder).orElseThrow();
        assertFalse(manifest.hasFiles());
        assertEquals(List.of(), manifest.files());
    }

    @Test
    void whatIsNoJsonIsNone() throws IOException {
        assertEquals(Optional.empty(), Manifest.read(folder));
        Files.writeString(folder.resolve(Manifest.FILE), "{\"files\": [");
        assertEquals(Optional.empty(), Manifest.read(folder));
    }
}
