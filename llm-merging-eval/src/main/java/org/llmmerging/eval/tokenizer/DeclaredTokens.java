package org.llmmerging.eval.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.tokenizer.AddedToken;

/**
 * A {@code tokenizer.json} with the tokens that the configuration beside it declares: those it calls special become so,
 * and those it lists have the switches that it gives them, as when transformers loads the two. So decoding leaves
 * them out and text is cut at them.
 */
final class DeclaredTokens {
    private static final String ADDED = "added_tokens";
    private static final String SPECIAL = "special";

    private final Path file;
    private final ObjectNode tokenizer;
    private final Map<String, ObjectNode> added = new HashMap<>();
    private boolean isChanged;

    private DeclaredTokens(Path file, ObjectNode tokenizer) {
        this.file = file;
        this.tokenizer = tokenizer;
        for (JsonNode token : tokenizer.path(ADDED)) {
            if (token instanceof ObjectNode object) {
                added.put(object.path("content").asText(), object);
            }
        }
    }

    /**
     * Reads a tokenizer and declares tokens in it.
     *
     * @param listed tokens whose switches go before those of the file
     * @param declared tokens that are special
     * @throws org.llmmerging.checkpoint.CheckpointException when the file cannot be read or is no JSON object
     */
    static DeclaredTokens read(Path file, List<AddedToken> listed, List<AddedToken> declared) {
        DeclaredTokens tokens = new DeclaredTokens(file,
                JsonFile.read(file, "Copy the file from the base model again"));
        listed.forEach(tokens::list);
        declared.forEach(tokens::declare);
        return tokens;
    }

    /**
     * The file as it stands, or what it is with the declared tokens.
     *
     * @throws IOException when the file cannot be read
     */
    InputStream open() throws IOException {
        return isChanged
                ? new ByteArrayInputStream(tokenizer.toString().getBytes(StandardCharsets.UTF_8))
                : Files.newInputStream(file);
    }

    /**
     * The id of a token. To encode its text would not show it: it may be found in the normalized text only, and a word
     * that is not there has the id of unknown words.
     */
    OptionalInt id(String content) {
        ObjectNode token = added.get(content);
        int id = token == null ? idInVocabulary(content) : token.path("id").asInt(-1);
        return id < 0 ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Whether the file's own truncation, if it has one, takes the beginning of a text. */
    boolean cutsBegin() {
        return tokenizer.path("truncation").path("direction").asText().equals("Left");
    }

    private void list(AddedToken token) {
        ObjectNode known = added.get(token.content());
        if (known == null) {
            declare(token);
            return;
        }
        ObjectNode before = known.deepCopy();
        token.write(known);
        // What either calls special is.
        known.put(SPECIAL, token.special() || before.path(SPECIAL).asBoolean());
        isChanged |= !known.equals(before);
    }

    private void declare(AddedToken token) {
        ObjectNode known = added.get(token.content());
        if (known != null) {
            if (token.special() && !known.path(SPECIAL).asBoolean()) {
                known.put(SPECIAL, true);
                isChanged = true;
            }
            return;
        }
        int id = idInVocabulary(token.content());
        if (id >= 0) {
            ArrayNode list = tokenizer.path(ADDED) instanceof ArrayNode array ? array : tokenizer.putArray(ADDED);
            ObjectNode entry = list.addObject().put("id", id);
            token.write(entry);
            added.put(token.content(), entry);
            isChanged = true;
        }
    }

    /** The id that the tokenizer's model has for a token, −1 for none. */
    private int idInVocabulary(String content) {
        JsonNode vocabulary = tokenizer.path("model").path("vocab");
        if (vocabulary.isObject()) {
            return vocabulary.path(content).asInt(-1);
        }
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.path(id).path(0).asText().equals(content)) {
                return id;
            }
        }
        return -1;
    }
}
