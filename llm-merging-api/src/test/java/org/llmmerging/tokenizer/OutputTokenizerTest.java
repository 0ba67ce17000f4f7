package org.llmmerging.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.llmmerging.config.Problems;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

class OutputTokenizerTest {
    @TempDir
    private Path folder;

    private Path model;
    private Path output;

    @BeforeEach
    void makeFolders() throws IOException {
        model = Files.createDirectory(folder.resolve("model"));
        output = Files.createDirectory(folder.resolve("output"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
                "vocab.json", "merges.txt", "vocab.txt", "tokenizer.model", "spiece.model",
                "sentencepiece.bpe.model", "tekken.json", "chat_template.jinja", "chat_template.json",
                "preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json"})
    void everyFileOfATokenizerOrProcessorGoesWithTheOutput(String name) throws IOException {
        Files.writeString(model.resolve(name), "content");
        new OutputTokenizer(model, null, null).write(output);
        assertEquals("content", Files.readString(output.resolve(name)));
    }

    @Test
    void nothingElseDoes() throws IOException {
        Files.writeString(model.resolve("README.md"), "content");
        new OutputTokenizer(model, null, null).write(output);
        try (Stream<Path> written = Files.list(output)) {
            assertEquals(List.of(), written.toList());
        }
    }

    @Test
    void onlyOneVocabularyIsWrittenWhenTokensAreAdded() throws IOException {
        for (String name : List.of("vocab.txt", "sentencepiece.bpe.model", "tekken.json")) {
            Files.writeString(model.resolve(name), "content");
        }
        Files.writeString(model.resolve("processor_config.json"), "content");
        Files.writeString(model.resolve("tokenizer.json"), "{\"model\": {\"vocab\": {}}}");
        new OutputTokenizer(model, grown(), null).write(output);
        try (Stream<Path> written = Files.list(output)) {
            assertEquals(
                    List.of("processor_config.json", "tokenizer.json"),
                    written.map(file -> file.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void aNewChatTemplateTakesThePlaceOfTheProcessors() throws IOException {
        Files.writeString(model.resolve("chat_template.json"), "{\"chat_template\": \"old\"}");
        new OutputTokenizer(model, null, "new").write(output);
        assertEquals("new", Files.readString(output.resolve("chat_template.jinja")));
        assertFalse(Files.readString(output.resolve("chat_template.json")).contains("old"));
    }

    @Test
    void furtherTemplatesGoWithTheOutputUnlessAnotherIsAskedFor() throws IOException {
        Path template = Path.of("additional_chat_templates/tool_use.jinja");
        Files.createDirectory(model.resolve(template).getParent());
        Files.writeString(model.resolve(template), "content");
        new OutputTokenizer(model, null, null).write(output);
        assertEquals("content", Files.readString(output.resolve(template)));
        Path other = Files.createDirectory(folder.resolve("other"));
        new OutputTokenizer(model, null, "new").write(other);
        assertFalse(Files.exists(other.resolve(template)), "transformers would take it where there are tools");
        Files.delete(model.resolve(template));
        Path third = Files.createDirectory(folder.resolve("third"));
        new OutputTokenizer(model, null, null).write(third);
        assertFalse(Files.exists(third.resolve(template).getParent()), "no manifest would list it");
    }

    @Test
    void anAddedTokenWithoutContentGivesWayToTheFirstThatIsAdded() throws IOException {
        Files.writeString(model.resolve("tokenizer.json"),
                "{\"model\": {\"vocab\": {}}, \"added_tokens\": [{\"id\": 0, \"content\": \"\"}]}");
        new OutputTokenizer(model, grown(), null).write(output);
        JsonNode added = written("tokenizer.json").path("added_tokens");
        assertEquals(1, added.size());
        assertEquals("<new>", added.path(0).path("content").asText());
    }

    @Test
    void filesOfAModelThatMayNotBeWrittenCanBeWrittenInTheOutput() throws IOException {
        for (String name : List.of("tokenizer.json", "tokenizer_config.json", "chat_template.json")) {
            Path file = Files.writeString(model.resolve(name), "{}");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
        }
        new OutputTokenizer(model, null, "new").write(output);
        try (Stream<Path> written = Files.list(output)) {
            for (Path file : written.toList()) {
                assertTrue(
                        Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_WRITE), file.toString());
            }
        }
        assertTrue(Files.readString(output.resolve("tokenizer_config.json")).contains("new"));
    }

    @Test
    void aFileThatCannotBeCopiedIsFoundBeforeTheMerge() throws IOException {
        List<Path> files = List.of(model.resolve("additional_chat_templates/tool_use.jinja"),
                model.resolve("merges.txt"), model.resolve("tokenizer_config.json"));
        Files.createDirectory(model.resolve("additional_chat_templates"));
        for (Path file : files) {
            Files.writeString(file, "{}");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        }
        assumeFalse(Files.isReadable(files.getFirst()), "the superuser reads everything");
        Problems problems = new Problems();
        new OutputTokenizer(model, null, null).check(problems);
        assertEquals(
                files.stream().map(file -> file + ": may not be read. Change its permissions").toList(),
                problems.lines());
        Problems changing = new Problems();
        new OutputTokenizer(model, grown(), "new").check(changing);
        assertEquals(List.of(files.getLast() + ": may not be read. Change its permissions"), changing.lines());
    }

    private OutputVocabulary grown() {
        return OutputVocabulary.of(empty(), List.of(), List.of("<new>"), List.of());
    }

    private TokenizerFile empty() {
        return new TokenizerFile(model.resolve("tokenizer.json"), "BPE", Map.of(), Map.of(), Map.of());
    }

    private JsonNode written(String name) throws IOException {
        return new ObjectMapper().readTree(output.resolve(name).toFile());
    }
}
