package org.llmmerging.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.llmmerging.checkpoint.JsonFile;
import org.llmmerging.config.Position;
import org.llmmerging.config.Problems;

/**
 * The vocabulary of a model's {@code tokenizer.json}, as Hugging Face tokenizers write it: the tokens of its model
 * (BPE, WordPiece, WordLevel or Unigram) and the added tokens. Every id from 0 on has exactly one token. Immutable.
 */
public final class TokenizerFile {
    /** Name of the file in a model folder. */
    public static final String NAME = "tokenizer.json";

    /** Files that say the same of a vocabulary in other words. */
    static final List<String> OTHERS = List.of("added_tokens.json", "vocab.json", "merges.txt", "vocab.txt",
            "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "tekken.json");

    private final Path file;
    private final String modelType;
    private final Map<String, Integer> ids;
    private final Map<String, AddedToken> added;
    private final Map<String, Double> scores;

    TokenizerFile(
            Path file,
            String modelType,
            Map<String, Integer> ids,
            Map<String, AddedToken> added,
            Map<String, Double> scores) {
        this.file = file;
        this.modelType = modelType;
        this.ids = Collections.unmodifiableMap(new LinkedHashMap<>(ids));
        this.added = Collections.unmodifiableMap(new LinkedHashMap<>(added));
        this.scores = Map.copyOf(scores);
    }

    /**
     * Reads a model's vocabulary.
     *
     * @param folder the model's
     * @param problems receives everything that is wrong with the file, its absence included
     * @return nothing when a problem was added
     */
    public static Optional<TokenizerFile> read(Path folder, Problems problems) {
        Path file = folder.resolve(NAME);
        if (Files.isRegularFile(file)) {
            return new TokenizerFileReader(file, problems).read();
        }
        List<String> others = OTHERS.stream().filter(name -> Files.exists(folder.resolve(name))).toList();
        String found = others.isEmpty() ? "no tokenizer" : "only " + String.join(", ", others);
        problems.add(Position.of(file), "is missing: the folder has " + found + ", and merging vocabularies needs a "
                + NAME + ". Make it with transformers: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)");
        return Optional.empty();
    }

    /**
     * Checks that it has the added tokens that the settings of a model list and the model has rows for: a vocabulary
     * without them takes these rows away, or gives them to others.
     *
     * @param folder the model's, whose tokenizer it is
     * @param rows how many rows the model's embedding has
     * @param problems receives the first that it lacks
     */
    public void checkListed(Path folder, long rows, Problems problems) {
        Path settings = folder.resolve("tokenizer_config.json");
        JsonNode byId = settings(settings).path("added_tokens_decoder");
        Path listing = byId.isObject() ? settings : folder.resolve("added_tokens.json");
        Set<String> listed = new LinkedHashSet<>();
        for (Map.Entry<String, JsonNode> entry : (byId.isObject() ? byId : settings(listing)).properties()) {
            String token = byId.isObject() ? entry.getValue().path("content").asText() : entry.getKey();
            JsonNode id = byId.isObject() ? TextNode.valueOf(entry.getKey()) : entry.getValue();
            if (id.asLong(rows) < rows) {
                listed.add(token);
            }
        }
        listed.stream()
                .filter(token -> !token.isEmpty() && !ids.containsKey(token))
                .findFirst()
                .ifPresent(token -> problems.add(Position.of(listing), "lists the added token "
                        + TokenizerFileReader.quoted(token) + ", which " + NAME
                        + " lacks, so that its row would be lost."
                        + " Save the two again with transformers:"
                        + " AutoTokenizer.from_pretrained(folder).save_pretrained(folder)"));
    }

    /** Empty also when the file is malformed, which is reported where it is copied. */
    private static JsonNode settings(Path file) {
        try {
            return Files.exists(file) ? JsonFile.read(file) : JsonFile.object();
        } catch (JsonFile.Malformed malformed) {
            return JsonFile.object();
        }
    }

    /** Where it was read from. */
    public Path file() {
        return file;
    }

    /** How it makes tokens of text: {@code BPE}, {@code WordPiece}, {@code WordLevel} or {@code Unigram}. */
    public String modelType() {
        return modelType;
    }

    /** Every token's id, by content, added tokens included. */
    public Map<String, Integer> ids() {
        return ids;
    }

    /** Number of tokens; ids run from 0 to one less. */
    public int size() {
        return ids.size();
    }

    /** The added tokens by content. */
    public Map<String, AddedToken> added() {
        return added;
    }

    /** The log probability of a token of a Unigram model; null for other tokens and models. */
    @Nullable
    Double score(String token) {
        return scores.get(token);
    }
}
