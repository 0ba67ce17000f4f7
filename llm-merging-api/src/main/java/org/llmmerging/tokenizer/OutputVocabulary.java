package org.llmmerging.tokenizer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.llmmerging.config.Quoting;

/**
 * The tokens of the output: those of one tokenizer under their ids, and after them what others have besides. Ordinary
 * tokens come before added ones, since a tokenizer's model numbers its tokens before the added tokens that it lacks;
 * the base's own added tokens must therefore be in that model when there are {@linkplain #ordinaryAdditions() ordinary
 * ones}. Immutable.
 */
public final class OutputVocabulary {
    private static final String BPE = "BPE";

    private final TokenizerFile base;
    private final List<Addition> additions;
    /** Ordinary tokens of other models that are added ones here. */
    private final List<String> turned;
    private final Map<String, Integer> ids;

    /**
     * A token that the base lacks.
     *
     * @param token its text
     * @param added how it is found in the text, or null for an ordinary token of the tokenizer's model
     * @param score its log probability in the Unigram model that it comes from, or null
     */
    record Addition(String token, @Nullable AddedToken added, @Nullable Double score) {}

    private OutputVocabulary(TokenizerFile base, List<Addition> additions, List<String> turned) {
        this.base = base;
        this.turned = List.copyOf(turned);
        this.additions = List.copyOf(additions);
        Map<String, Integer> all = new LinkedHashMap<>(base.ids());
        for (Addition addition : additions) {
            all.put(addition.token(), all.size());
        }
        this.ids = Collections.unmodifiableMap(all);
    }

    /**
     * The tokens of {@code base}, then those that only the others have in the order of the others, then what is asked
     * for besides.
     *
     * @param named tokens that the output has even when no model does
     * @param known tokenizers that a named token may be in: it is as in the first that has it, but always an added token
     *     of BPE, whose merges do not lead to it; and an added one when none has it
     */
    public static OutputVocabulary of(
            TokenizerFile base, List<TokenizerFile> others, Collection<String> named, List<TokenizerFile> known) {
        Map<String, Addition> all = new LinkedHashMap<>();
        List<String> turned = new ArrayList<>();
        for (TokenizerFile other : others) {
            for (String token : other.ids().keySet()) {
                if (!base.ids().containsKey(token)) {
                    all.putIfAbsent(token, new Addition(token, other.added().get(token), other.score(token)));
                }
            }
        }
        for (String token : named) {
            if (!base.ids().containsKey(token)) {
                Addition asKnown = known.stream()
                        .filter(file -> file.ids().containsKey(token))
                        .findFirst()
                        .map(file -> new Addition(token, file.added().get(token), file.score(token)))
                        .orElseGet(() -> new Addition(token, AddedToken.of(token), null));
                boolean turns = asKnown.added() == null && base.modelType().equals(BPE);
                if (all.putIfAbsent(token, turns ? new Addition(token, AddedToken.of(token), null) : asKnown) == null
                        && turns) {
                    turned.add(token);
                }
            }
        }
        List<Addition> additions = new ArrayList<>(all.values());
        additions.sort(Comparator.comparing(addition -> addition.added() != null));
        return new OutputVocabulary(base, additions, turned);
    }

    /** The tokenizer that it extends. */
    TokenizerFile base() {
        return base;
    }

    /** What the base lacks, in the order of the ids. */
    List<Addition> additions() {
        return additions;
    }

    /** Every token's id, by content, in the order of the ids. */
    public Map<String, Integer> ids() {
        return ids;
    }

    /** Number of tokens; ids run from 0 to one less. */
    public int size() {
        return ids.size();
    }

    /** Number of tokens that the tokenizer's model gets, besides the added tokens. */
    long ordinaryAdditions() {
        return additions.stream().filter(addition -> addition.added() == null).count();
    }

    /** What the user should know; nothing in the usual case. */
    public List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (!turned.isEmpty()) {
            notes.add(
                    "tokenizer: ordinary tokens that a rule adds to the BPE vocabulary become added tokens, found where"
                            + " a text has these very characters: " + Quoting.list(turned));
        }
        if (ordinaryAdditions() > 0 && base.modelType().equals(BPE)) {
            notes.add("tokenizer: " + ordinaryAdditions() + " ordinary tokens that only other models have are"
                    + " added to the BPE vocabulary without merges: they can be decoded, but no text becomes them,"
                    + " single characters aside and, where the tokenizer has ignore_merges, whole words");
        }
        return notes;
    }
}
