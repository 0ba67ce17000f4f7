package org.llmmerging.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.ContentCopy;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.config.DidYouMean;
import org.llmmerging.config.FileProblem;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;

/**
 * Finds the Jinja template that a configuration's {@code chat_template} means: one of a few that come with us, the one
 * that most of the models have, or the text itself. A template is checked by {@link JinjaSyntax} and not rendered
 * here, so one that loops for ever does no harm.
 */
public final class ChatTemplate {
    /** Name of the template's file in a model folder. */
    public static final String FILE = "chat_template.jinja";

    /** The names of the templates that come with us. */
    public static final List<String> BUILT_IN = List.of("alpaca", "chatml", "exaone", "llama3", "mistral");

    private static final String AUTO = "auto";

    private ChatTemplate() {}

    /**
     * The template's text.
     *
     * @param setting what the configuration says
     * @param models the folders of the models, whose templates {@code auto} counts
     * @param position where the configuration says it
     * @param problems receives what is wrong with the setting, and a note when no model has a template
     * @param ofModels receives what is wrong with a model's template
     */
    public static Optional<String> resolve(
            String setting, List<Path> models, Position position, Problems problems, Problems ofModels) {
        if (setting.equals(AUTO)) {
            Optional<String> most = mostFrequent(models, ofModels);
            if (most.isEmpty()) {
                problems.note("chat_template: auto finds none, since no model has a chat template");
            }
            return most;
        }
        if (BUILT_IN.contains(setting)) {
            return Optional.of(builtIn(setting));
        }
        if (!setting.contains("{{") && !setting.contains("{%")) {
            problems.add(position, "unknown chat_template '" + setting + "', which is no Jinja template either. "
                    + DidYouMean.remedy(setting, BUILT_IN));
            return Optional.empty();
        }
        Optional<String> fault = JinjaSyntax.fault(setting);
        fault.ifPresent(message -> problems.add(position, "the chat_template " + message));
        return fault.isPresent() ? Optional.empty() : Optional.of(setting);
    }

    private static String builtIn(String name) {
        try (InputStream text = ChatTemplate.class.getResourceAsStream("chat_templates/" + name + ".jinja")) {
            if (text == null) {
                throw new IllegalStateException("the chat template " + name + " is missing from the jar");
            }
            return new String(text.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Of templates that as many models have, the one whose first model is listed first. */
    private static Optional<String> mostFrequent(List<Path> models, Problems problems) {
        Map<String, Integer> votes = new LinkedHashMap<>();
        for (Path model : models) {
            ofModel(model, (file, problem) -> problems.add(Position.of(file), problem))
                    .ifPresent(template -> votes.merge(template, 1, Integer::sum));
        }
        int most = votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        return votes.entrySet().stream()
                .filter(template -> template.getValue() == most)
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * The template of a model's tokenizer, where it has one.
     *
     * @throws CheckpointException when the files cannot be read or hold no template
     */
    public static Optional<String> ofModel(Path folder) {
        return ofModel(folder, (file, problem) -> {
            throw new CheckpointException(file, problem);
        });
    }

    /** @param problems receives the file that something is wrong with, and what */
    private static Optional<String> ofModel(Path folder, BiConsumer<Path, String> problems) {
        Path file = folder.resolve(FILE);
        Path settings = folder.resolve("tokenizer_config.json");
        try {
            Path read = Files.isRegularFile(file) ? file : settings;
            Optional<String> fault = Files.isRegularFile(read) ? ContentCopy.fault(read) : Optional.empty();
            if (fault.isPresent()) {
                problems.accept(read, fault.get());
                return Optional.empty();
            }
            if (read.equals(file)) {
                return checked(file, Files.readString(file), problems);
            }
            JsonNode template = Files.isRegularFile(settings)
                    ? JsonFile.read(settings).path("chat_template")
                    : JsonFile.object().path("chat_template");
            for (JsonNode named : template) {
                if (named.path("name").asText().equals("default")) {
                    return checked(settings, named.path("template").asText(), problems);
                }
            }
            return template.isTextual() ? checked(settings, template.asText(), problems) : Optional.empty();
        } catch (CharacterCodingException failure) {
            problems.accept(file, "is not UTF-8. Save it as UTF-8");
        } catch (IOException failure) {
            problems.accept(file, "cannot be read: " + FileProblem.of(failure) + ". Check its permissions");
        } catch (JsonFile.Malformed malformed) {
            problems.accept(settings, malformed.reason() + ". Take the file of the original model");
        }
        return Optional.empty();
    }

    private static Optional<String> checked(Path file, String template, BiConsumer<Path, String> problems) {
        JinjaSyntax.fault(template)
                .ifPresent(fault -> problems.accept(file, "the chat template " + fault));
        return Optional.of(template);
    }
}
