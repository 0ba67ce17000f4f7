package org.llmmerging.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;
import org.llmmerging.config.Quoting;

/** Reads and checks one {@code tokenizer.json}. */
final class TokenizerFileReader {
    private static final String REMEDY = ". Take the file of the original model, or save the tokenizer again";

    private final Path file;
    private final Problems problems;
    private final Map<String, Integer> ids = new HashMap<>();
    private final SortedMap<Integer, String> contents = new TreeMap<>();
    private final Map<String, AddedToken> added = new LinkedHashMap<>();
    private final Map<String, Double> scores = new HashMap<>();
    private boolean sound = true;

    TokenizerFileReader(Path file, Problems problems) {
        this.file = file;
        this.problems = problems;
    }

    Optional<TokenizerFile> read() {
        ObjectNode root;
        try {
            root = JsonFile.read(file);
        } catch (JsonFile.Malformed malformed) {
            problem(malformed.reason() + REMEDY);
            return Optional.empty();
        }
        readVocabulary(root.path("model").path("vocab"));
        int emptyId = -1;
        for (JsonNode token : root.path("added_tokens")) {
            AddedToken read = AddedToken.read(token);
            if (read.content().isEmpty() && !ids.containsKey("")) {
                emptyId = token.path("id").asInt(); // which it is not given when the file is loaded
            } else if (added.put(read.content(), read) != null) {
                problem("has the added token " + quoted(read.content()) + " twice. Remove one of the two");
            } else {
                add(read.content(), token.path("id"));
            }
        }
        if (sound && emptyId >= 0 && !isWithoutGaps()) {
            problem("has an added token without content, which is given no id when the file is loaded, and ids behind it."
                    + " Give it a content, such as <unused_" + emptyId + ">");
        }
        if (sound) {
            checkGaps();
        }
        if (sound) {
            checkNumbering(root);
        }
        if (!sound) {
            return Optional.empty();
        }
        Map<String, Integer> inOrder = new LinkedHashMap<>();
        contents.forEach((id, content) -> inOrder.put(content, id));
        return Optional.of(new TokenizerFile(file, root.path("model").path("type").asText(), inOrder, added, scores));
    }

    private void readVocabulary(JsonNode vocabulary) {
        if (vocabulary.isObject()) {
            vocabulary.properties().forEach(entry -> add(entry.getKey(), entry.getValue()));
        } else if (vocabulary.isArray()) {
            for (int i = 0; i < vocabulary.size(); i++) {
                String piece = vocabulary.get(i).path(0).asText();
                scores.put(piece, vocabulary.get(i).path(1).asDouble());
                add(piece, IntNode.valueOf(i));
            }
        } else {
            problem("has no model.vocab" + REMEDY);
        }
    }

    private void add(String content, JsonNode id) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(content)) {
            problem("has the token " + Quoting.quoted(content) + ", half of a surrogate pair, which is no text"
                    + REMEDY);
        } else if (id.isInt() && id.intValue() >= 0) {
            add(content, id.intValue());
        } else {
            problem("gives the token " + quoted(content) + " the id " + id + ", which is no id" + REMEDY);
        }
    }

    private void add(String content, int id) {
        @Nullable
        Integer otherId = ids.putIfAbsent(content, id);
        if (otherId != null && otherId != id) {
            problem("gives the token " + quoted(content) + " two ids, " + otherId + " and " + id
                    + ". Remove the one that the model was not trained with");
            return;
        }
        @Nullable
        String otherContent = contents.putIfAbsent(id, content);
        if (otherContent != null && !otherContent.equals(content)) {
            problem("gives the id " + id + " to two tokens, " + quoted(otherContent) + " and " + quoted(content)
                    + ". Remove the one that the model was not trained with");
        }
    }

    private boolean isWithoutGaps() {
        return contents.isEmpty() || contents.lastKey() == contents.size() - 1;
    }

    private void checkGaps() {
        int next = 0;
        for (int id : contents.keySet()) {
            if (id != next) {
                problem("has no token for "
                        + (id == next + 1 ? "the id " + next : "the ids " + next + " to " + (id - 1))
                        + ". Give every id below the largest a token, for example <unused_" + next + ">");
                return;
            }
            next++;
        }
        if (next == 0) {
            problem("has no tokens" + REMEDY);
        }
    }

    /** Added tokens outside the model's vocabulary are numbered by their place when the file is loaded. */
    private void checkNumbering(ObjectNode root) {
        JsonNode vocabulary = root.path("model").path("vocab");
        int largest = -1;
        for (JsonNode token : root.path("added_tokens")) {
            String content = token.path("content").asText();
            if (!ids.containsKey(content)) {
                continue; // without content
            }
            int id = token.path("id").intValue();
            boolean outside = vocabulary.isObject() ? !vocabulary.has(content) : id >= vocabulary.size();
            int loaded = Math.max(vocabulary.size(), largest + 1);
            if (outside && id != loaded) {
                problem("gives the added token " + quoted(content) + " the id " + id + ", and is loaded with " + loaded
                        + " for it: added tokens that model.vocab lacks are numbered behind it, in their order. Put the"
                        + " token into model.vocab with its id");
                return;
            }
            largest = Math.max(largest, id);
        }
    }

    private void problem(String message) {
        sound = false;
        problems.add(Position.of(file), message);
    }

    /** A token as messages show it: on one line, and not at any length. */
    static String quoted(String token) {
        StringBuilder shown = new StringBuilder("'");
        token.codePoints().limit(60).forEach(code -> {
            if (Character.isISOControl(code)) {
                shown.append(String.format("\\u%04x", code));
            } else {
                shown.appendCodePoint(code);
            }
        });
        return shown.append(token.codePointCount(0, token.length()) > 60 ? "…'" : "'").toString();
    }
}
