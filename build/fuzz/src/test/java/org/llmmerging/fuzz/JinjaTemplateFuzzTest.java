package org.llmmerging.fuzz;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.llmmerging.eval.tokenizer.jinja.JinjaException;
import org.llmmerging.eval.tokenizer.jinja.JinjaTemplate;

/** Any text is a template that comes to an end, or is refused with a message. */
class JinjaTemplateFuzzTest {
    private static final Map<String, Object> VALUES = Map.of(
            "messages", List.of(
                    Map.of("role", "system", "content", "Be brief."),
                    Map.of("role", "user", "content", "Two?")),
            "bos_token", "<s>",
            "eos_token", "</s>",
            "add_generation_prompt", true);

    @FuzzTest(maxDuration = "2m")
    void rendering(byte[] content) {
        try {
            JinjaTemplate.parse(new String(content, StandardCharsets.UTF_8)).render(VALUES);
        } catch (JinjaException expected) {
            if (String.valueOf(expected.getMessage()).isBlank()) {
                throw new AssertionError("says nothing", expected);
            }
        }
    }
}
