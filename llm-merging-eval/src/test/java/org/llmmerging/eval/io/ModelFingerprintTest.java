package org.llmmerging.eval.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.Sha256;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class ModelFingerprintTest {
    private static final String WEIGHTS = "model.safetensors";

    @TempDir
    private Path folder;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = Files.createDirectory(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), "{}");
        Path weights = Files.writeString(model.resolve(WEIGHTS), "first");
        Files.writeString(model.resolve("manifest.json"), """
                {"files": [{"name": "%s", "bytes": 5, "sha256": "%s"}]}
                """.formatted(WEIGHTS, Sha256.hex(weights)));
    }

    @Test
    void reportsWhyAFolderCannotBeRead() {
        Path missing = folder.resolve("missing");
        CheckpointException e = assertThrows(CheckpointException.class, () -> ModelFingerprint.of(missing));
        assertEquals(missing + ": cannot be read (there is no such file)", e.getMessage());
    }

    @Test
    void isTheSameWhereverTheFolderLies() throws IOException {
        String here = ModelFingerprint.of(model);
        assertEquals(here, ModelFingerprint.of(Files.move(model, folder.resolve("moved"))));
    }

    @Test
    void anAdaptersConfigurationCounts() throws IOException {
        Path config = Files.writeString(model.resolve("adapter_config.json"), "{\"lora_alpha\": 16}");
        String before = ModelFingerprint.of(model);
        Files.writeString(config, "{\"lora_alpha\": 17}");
        assertNotEquals(before, ModelFingerprint.of(model));
    }

    @Test
    void weightsThatTookThePlaceOfOthersCount() throws IOException {
        String before = ModelFingerprint.of(model);
        Path other = Files.writeString(folder.resolve("other"), "other");
        Files.setLastModifiedTime(other, FileTime.from(Instant.EPOCH));
        Files.move(other, model.resolve(WEIGHTS), StandardCopyOption.REPLACE_EXISTING);
        assertNotEquals(before, ModelFingerprint.of(model));
    }
}
