package org.llmmerging.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.CheckpointException;
import org.llmmerging.checkpoint.ContentCopy;
import org.llmmerging.checkpoint.FolderTree;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.checkpoint.OutputException;
import org.llmmerging.config.FileProblem;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;

/**
 * The tokenizer and processor files of the output: those of one model, with the tokens that others have besides and a
 * chat template.
 *
 * @param folder the model whose files they are
 * @param vocabulary the output's tokens, or null for that model's as they are
 * @param chatTemplate a Jinja template, or null for that model's
 */
public record OutputTokenizer(Path folder, @Nullable OutputVocabulary vocabulary, @Nullable String chatTemplate) {
    private static final String CONFIG = "tokenizer_config.json";
    private static final String SPECIAL_TOKENS = "special_tokens_map.json";
    private static final String TEMPLATE_OF_PROCESSOR = "chat_template.json";
    private static final String FURTHER_TEMPLATES = "additional_chat_templates";
    private static final List<String> LISTING_TOKENS = List.of(CONFIG, SPECIAL_TOKENS);
    private static final String REMEDY = "Take the file of the original model";

    private static final List<String> SETTINGS = List.of(CONFIG, SPECIAL_TOKENS, ChatTemplate.FILE,
            TEMPLATE_OF_PROCESSOR,
            "preprocessor_config.json", "processor_config.json", "video_preprocessor_config.json");

    /**
     * Looks whether the files can be copied, and reads the settings that will be changed, since {@link #write} comes
     * after hours of merging.
     *
     * @param problems receives every file that cannot be copied or changed
     * @throws CheckpointException when a folder of the model cannot be listed
     */
    public void check(Problems problems) {
        copied().forEach(file -> ContentCopy.fault(file)
                .ifPresent(fault -> problems.add(Position.of(file), fault)));
        Set<String> changed = new LinkedHashSet<>();
        if (grown() != null) {
            changed.addAll(LISTING_TOKENS);
        }
        if (chatTemplate != null) {
            changed.addAll(List.of(CONFIG, TEMPLATE_OF_PROCESSOR));
        }
        changed.stream().map(folder::resolve).filter(Files::isReadable).forEach(file -> {
            try {
                JsonFile.read(file);
            } catch (JsonFile.Malformed malformed) {
                problems.add(Position.of(file), malformed.reason() + ". " + REMEDY);
            }
        });
    }

    private @Nullable OutputVocabulary grown() {
        return vocabulary == null || vocabulary.additions().isEmpty() ? null : vocabulary;
    }

    /**
     * Writes the files.
     *
     * @throws OutputException when they cannot be written
     * @throws CheckpointException when a file of the model cannot be read or is not what it was when the merge was
     *     planned
     */
    public void write(Path to) {
        OutputVocabulary grown = grown();
        try {
            for (Path file : copied()) {
                Path copy = to.resolve(folder.relativize(file));
                Files.createDirectories(Objects.requireNonNull(copy.getParent()));
                ContentCopy.of(file, copy);
            }
            if (grown != null) {
                writeVocabulary(grown, to);
                extendSettings(grown, to);
            }
            if (chatTemplate != null) {
                writeChatTemplate(chatTemplate, to);
            }
        } catch (IOException failure) {
            throw OutputException.of(to, failure, 0);
        }
    }

    /** The files that are copied as they are, and of settings that are changed then the originals. */
    private List<Path> copied() {
        List<String> names = new ArrayList<>();
        if (grown() == null) {
            // Those of a vocabulary that grows are left out: they would not grow with it.
            names.add(TokenizerFile.NAME);
            names.addAll(TokenizerFile.OTHERS);
        }
        names.addAll(SETTINGS);
        List<Path> files = new ArrayList<>(names.stream().map(folder::resolve).toList());
        if (chatTemplate == null) {
            files.addAll(furtherTemplates());
        }
        files.removeIf(file -> !Files.isRegularFile(file));
        return files;
    }

    /** Those for tools and the like, which transformers takes before the one that is asked for here. */
    private List<Path> furtherTemplates() {
        Path templates = folder.resolve(FURTHER_TEMPLATES);
        try {
            return Files.isDirectory(templates) ? FolderTree.children(templates) : List.of();
        } catch (IOException failure) {
            throw new CheckpointException(
                    templates, "cannot be listed: " + FileProblem.of(failure) + ". Change its permissions", failure);
        }
    }

    private static void writeVocabulary(OutputVocabulary vocabulary, Path to) throws IOException {
        ObjectNode tokenizer = JsonFile.read(vocabulary.base().file(), REMEDY);
        ArrayNode added = tokenizer.withArray("/added_tokens");
        if (!vocabulary.base().ids().containsKey("")) {
            added.removeIf(token -> token.path("content").asText().isEmpty()); // its id is another's now
        }
        if (vocabulary.ordinaryAdditions() > 0) {
            writeOrdinary(vocabulary, tokenizer.path("model").path("vocab"));
        }
        for (OutputVocabulary.Addition addition : vocabulary.additions()) {
            AddedToken asAdded = addition.added();
            if (asAdded != null) {
                asAdded.write(added.addObject().put("id", idOf(addition.token(), vocabulary)));
            }
        }
        JsonFile.write(to.resolve(TokenizerFile.NAME), tokenizer);
    }

    /**
     * Puts the ordinary tokens into the vocabulary of the tokenizer's model, and before them the added tokens that it
     * lacks: whoever loads the file numbers those behind all the model's tokens, whatever id they are written with.
     */
    private static void writeOrdinary(OutputVocabulary vocabulary, JsonNode tokens) {
        Map<String, Integer> ids = new LinkedHashMap<>(vocabulary.ids());
        vocabulary.additions().stream().filter(each -> each.added() != null).forEach(each -> ids.remove(each.token()));
        if (tokens instanceof ObjectNode byToken) {
            ids.forEach(byToken::put);
        } else if (tokens instanceof ArrayNode pieces) {
            Map<String, Double> scores = new HashMap<>();
            vocabulary.additions().forEach(each -> scores.put(each.token(), each.score()));
            double lowest = lowestScore(pieces);
            ids.keySet().stream().skip(pieces.size()).forEach(token -> {
                Double score = scores.get(token);
                pieces.addArray().add(token).add(score == null ? lowest : score);
            });
        }
    }

    private static int idOf(String token, OutputVocabulary vocabulary) {
        return vocabulary.ids().getOrDefault(token, -1);
    }

    private static double lowestScore(ArrayNode pieces) {
        double lowest = 0;
        for (JsonNode piece : pieces) {
            lowest = Math.min(lowest, piece.path(1).asDouble());
        }
        return lowest;
    }

    /** Adds the new added tokens where the settings list all added or all special tokens. */
    private static void extendSettings(OutputVocabulary vocabulary, Path to) throws IOException {
        for (String name : LISTING_TOKENS) {
            Path file = to.resolve(name);
            if (!Files.exists(file)) {
                continue;
            }
            ObjectNode settings = JsonFile.read(file, REMEDY);
            for (OutputVocabulary.Addition addition : vocabulary.additions()) {
                AddedToken added = addition.added();
                if (added != null) {
                    extend(settings, added, idOf(added.content(), vocabulary));
                }
            }
            JsonFile.write(file, settings);
        }
    }

    private static void extend(ObjectNode settings, AddedToken added, int id) {
        if (settings.get("added_tokens_decoder") instanceof ObjectNode byId) {
            added.write(byId.putObject(Integer.toString(id)));
        }
        for (String key : List.of("additional_special_tokens", "extra_special_tokens")) {
            if (added.special() && settings.get(key) instanceof ArrayNode list) {
                list.add(added.content());
            }
        }
    }

    /** Transformers reads the template from its own file; older releases know the settings, or the processor's file. */
    private static void writeChatTemplate(String template, Path to) throws IOException {
        Files.writeString(to.resolve(ChatTemplate.FILE), template);
        putChatTemplate(template, to.resolve(CONFIG));
        if (Files.exists(to.resolve(TEMPLATE_OF_PROCESSOR))) {
            putChatTemplate(template, to.resolve(TEMPLATE_OF_PROCESSOR));
        }
    }

    private static void putChatTemplate(String template, Path file) throws IOException {
        ObjectNode settings = Files.exists(file) ? JsonFile.read(file, REMEDY) : JsonFile.object();
        settings.put("chat_template", template);
        JsonFile.write(file, settings);
    }
}
