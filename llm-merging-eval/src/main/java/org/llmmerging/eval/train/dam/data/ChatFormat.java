package org.llmmerging.eval.train.dam.data;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.eval.tokenizer.SpecialTokens;
import org.llmmerging.eval.tokenizer.jinja.JinjaException;
import org.llmmerging.eval.tokenizer.jinja.JinjaTemplate;
import org.llmmerging.tokenizer.ChatTemplate;

/** A model's chat template. */
final class ChatFormat {
    private final Path folder;
    private final JinjaTemplate template;
    private final SpecialTokens special;

    private ChatFormat(Path folder, JinjaTemplate template, SpecialTokens special) {
        this.folder = folder;
        this.template = template;
        this.special = special;
    }

    /**
     * The template of a model's tokenizer, where it has one.
     *
     * @throws CheckpointException when the template is no Jinja that is known
     */
    static Optional<ChatFormat> of(Path folder) {
        return ChatTemplate.ofModel(folder).map(text -> {
            try {
                return new ChatFormat(folder, JinjaTemplate.parse(text), SpecialTokens.of(folder));
            } catch (JinjaException e) {
                throw failure(folder, e);
            }
        });
    }

    /** Prompt and answer as a user's and an assistant's turn. */
    String conversation(TrainingExample example) {
        return render(List.of(turn("user", example.prompt()), turn("assistant", example.answer())), false);
    }

    /** The prompt as a user's turn, after which the assistant answers. */
    String prompt(TrainingExample example) {
        return render(List.of(turn("user", example.prompt())), true);
    }

    private static Map<String, Object> turn(String role, String content) {
        return Map.of("role", role, "content", content);
    }

    private String render(List<Map<String, Object>> messages, boolean assistantIsNext) {
        Map<String, @Nullable Object> values = new HashMap<>(special.byName());
        // Where there are none, transformers gives them as None: a template may ask whether they are.
        values.put("tools", null);
        values.put("documents", null);
        values.put("messages", messages);
        values.put("add_generation_prompt", assistantIsNext);
        try {
            return template.render(values);
        } catch (JinjaException e) {
            throw failure(folder, e);
        }
    }

    private static CheckpointException failure(Path folder, JinjaException e) {
        return new CheckpointException(folder, "the chat template " + e.getMessage()
                + ". Correct it, or remove it to train on prompts and answers without one", e);
    }
}
