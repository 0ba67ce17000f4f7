package org.llmmerging.checkpoint;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class JsonFileTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "[1]| is not a JSON object",
                "| is not a JSON object",
                "{\"a\": 1,\\n \"a\": 2}| is not valid JSON at line 2, column 5: Duplicate field 'a'",
                "{} {}| is not valid JSON at line 1, column 4: Trailing token",
            })
    void whatIsNoObjectIsRefusedWithWhereAndTheRemedy(String text, String problem) throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), text == null ? "" : text.replace("\\n", "\n"));
        CheckpointException refused = assertThrows(CheckpointException.class,
                () -> JsonFile.read(file, "Download it again"));
        String message = refused.getMessage();
        assertEquals(file + ": " + problem, message.substring(0, file.toString().length() + 2 + problem.length()));
        assertEquals("Download it again", message.substring(message.lastIndexOf(". ") + 2));
    }

    @Test
    void aFileThatIsMissingOrAFolderIsNamed() {
        Path missing = folder.resolve("config.json");
        assertEquals(
                missing + ": cannot be read: there is no such file. Download it again",
                assertThrows(CheckpointException.class, () -> JsonFile.read(missing, "Download it again"))
                        .getMessage());
        assertEquals(
                folder + ": is not a regular file. Download it again",
                assertThrows(CheckpointException.class, () -> JsonFile.read(folder, "Download it again"))
                        .getMessage());
    }

    @Test
    void numbersThatOnlyPythonWritesStayAsTheyAre() throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), "{\"time_step_limit\": [0.0, Infinity]}");
        Path copy = folder.resolve("copy.json");
        JsonFile.write(copy, JsonFile.read(file, ""));
        assertEquals("""
                {
                  "time_step_limit": [
                    0.0,
                    Infinity
                  ]
                }
                """, Files.readString(copy));
    }

    @Test
    void isWrittenAsHuggingFaceToolsLayItOutAndReadBack() throws IOException {
        Path file = folder.resolve("config.json");
        ObjectNode content = JsonFile.object().put("name", "café").put("epsilon", 1e-6);
        content.set("layers", JsonFile.tree(List.of(Map.of("size", 2))));
        JsonFile.write(file, content);
        assertEquals("""
                {
                  "name": "café",
                  "epsilon": 1.0E-6,
                  "layers": [
                    {
                      "size": 2
                    }
                  ]
                }
                """, Files.readString(file));
        assertEquals(content, JsonFile.read(file, ""));
    }
}
