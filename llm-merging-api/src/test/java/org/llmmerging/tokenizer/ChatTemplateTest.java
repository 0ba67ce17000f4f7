package org.llmmerging.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ChatTemplateTest {
    @TempDir
    private Path folder;

    private final Problems problems = new Problems();
    private final Problems ofModels = new Problems();

    private Optional<String> resolve(String setting, Path... models) {
        return ChatTemplate.resolve(setting, List.of(models), Position.of(Path.of("c.yml")), problems, ofModels);
    }

    private Path model(String name, String file, String content) throws IOException {
        Path model = Files.createDirectories(folder.resolve(name));
        Files.writeString(model.resolve(file), content);
        return model;
    }

    @Test
    void theOnesThatComeWithUsAreJinja() {
        for (String name : ChatTemplate.BUILT_IN) {
            String template = resolve(name).orElseThrow();
            assertEquals(Optional.empty(), JinjaSyntax.fault(template), name);
            assertTrue(template.contains("messages"), name);
        }
    }

    @Test
    void anInlineTemplateIsTakenAsItIs() {
        assertEquals(Optional.of("{{ messages[0].content }}"), resolve("{{ messages[0].content }}"));
    }

    @Test
    void autoTakesTheOneThatMostModelsHave() throws IOException {
        Path a = model("a", "chat_template.jinja", "{{ 1 }}");
        Path b = model("b", "tokenizer_config.json", "{\"chat_template\": \"{{ 2 }}\"}");
        Path c = model(
                "c",
                "tokenizer_config.json",
                """
                        {"chat_template": [
                            {"name": "tool_use", "template": "{{ 3 }}"}, {"name": "default", "template": "{{ 2 }}"}]}
                        """);
        assertEquals(Optional.of("{{ 2 }}"), resolve("auto", a, b, c));
        assertEquals(Optional.of("{{ 1 }}"), resolve("auto", a, b), "the first of equals");
        assertEquals(List.of(), problems.notes());
    }

    @Test
    void autoWithoutAnyIsNoted() throws IOException {
        assertEquals(Optional.empty(), resolve("auto", model("a", "tokenizer_config.json", "{}")));
        assertEquals(
                "[chat_template: auto finds none, since no model has a chat template]", problems.notes().toString());
    }

    @Test
    void aModelsBrokenTemplateIsAProblem() throws IOException {
        Path model = model("a", "chat_template.jinja", "{% if x %}");
        resolve("auto", model);
        assertEquals(
                List.of(model.resolve("chat_template.jinja")
                        + ": the chat template is no Jinja: its line 1 ends within 'if'. Add {% endif %}"),
                ofModels.lines());
        assertTrue(problems.isEmpty());
    }

    @Test
    void aTemplateThatIsNoUtf8IsSaidToBeThat() throws IOException {
        Path model = model("a", "chat_template.jinja", "");
        Path file = Files.write(model.resolve("chat_template.jinja"), new byte[] {(byte) 0xff});
        resolve("auto", model);
        assertEquals(List.of(file + ": is not UTF-8. Save it as UTF-8"), ofModels.lines());
    }
}
