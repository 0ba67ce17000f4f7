package org.llmmerging.eval.train.dam.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.config.ModelReference;
import org.llmmerging.eval.model.Golden;
import org.llmmerging.hub.HubCache;
import org.llmmerging.merge.ModelLocator;
import org.llmmerging.merge.ModelStore;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class VocabulariesTest {
    @TempDir
    private Path folder;

    @Test
    void aTokenThatTheBaseLacksIsOneOfEveryModel() throws IOException {
        Path base = model("base");
        Path first = withToken(model("first"));
        Path second = withToken(model("second"));
        assertDoesNotThrow(() -> check(base, first, second));
        assertRefused("base/tokenizer.json: has the token '<more>' not at all, and first/tokenizer.json at 9999. Take"
                + " fine-tunes of one base model, with its tokenizer", base, first, second, base);
        assertRefused("first/tokenizer.json: has the token '<more>' at 9999, and base/tokenizer.json not at all. Take"
                + " fine-tunes of one base model, with its tokenizer", base, base, first);
    }

    @Test
    void aBaseNeedsATokenizerThatAModelUses() throws IOException {
        Path base = model("base");
        Files.delete(base.resolve("tokenizer.json"));
        Path first = withToken(model("first"));
        assertDoesNotThrow(() -> check(base, first, first));
        assertRefused("second/tokenizer.json: has the token '<more>' not at all, and first/tokenizer.json at 9999. Take"
                + " fine-tunes of one base model, with its tokenizer", base, first, model("second"));
        assertRefused("base/tokenizer.json: cannot be read: there is no such file. Copy the tokenizer's files from a"
                + " fine-tune", base, first, base);
        Files.delete(first.resolve("tokenizer.json"));
        assertRefused("first/tokenizer.json: cannot be read: there is no such file. Copy the tokenizer's files from"
                + " another fine-tune", base, first);
    }

    private Path model(String name) throws IOException {
        Path model = Files.createDirectory(folder.resolve(name));
        Golden.copy(Golden.model("llama2"), model, "");
        return model;
    }

    private static Path withToken(Path model) throws IOException {
        Path tokenizer = model.resolve("tokenizer.json");
        String more = "\"added_tokens\": [{\"id\": 9999, \"content\": \"<more>\"}, ";
        Files.writeString(
                tokenizer, Files.readString(tokenizer).replaceFirst("\"added_tokens\": *\\[", more));
        return model;
    }

    private void assertRefused(String expected, Path base, Path... models) {
        CheckpointException refused = assertThrows(CheckpointException.class, () -> check(base, models));
        assertEquals(expected, String.valueOf(refused.getMessage()).replace(folder + "/", ""));
    }

    private void check(Path base, Path... models) {
        try (ModelStore store = new ModelStore(new ModelLocator(List.of(folder), new HubCache(Path.of("none"))))) {
            Vocabularies.check(
                    store.open(ModelReference.of(base.toString())),
                    Arrays.stream(models).map(each -> store.open(ModelReference.of(each.toString()))).toList());
        }
    }
}
