package org.llmmerging.eval.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the prompts of a batch have in common, by groups. Immutable; the arrays are not copied. */
final class SharedPrefixes {
    /** Every prompt is read from its first token. */
    static final SharedPrefixes NONE = new SharedPrefixes(List.of(), new int[0]);

    private final List<int[]> prefixes;
    private final int[] ofPrompt;

    /**
     * @param prefixes the distinct ones, none empty
     * @param ofPrompt for each prompt of the batch, the index of its prefix
     */
    SharedPrefixes(List<int[]> prefixes, int[] ofPrompt) {
        this.prefixes = prefixes;
        this.ofPrompt = ofPrompt;
    }

    /** Prefixes of as many tokens as the groups say, of prompts that stand group by group. */
    static SharedPrefixes of(List<PromptGroups.Group> groups, List<int[]> prompts) {
        List<int[]> prefixes = new ArrayList<>();
        List<Integer> ofPrompt = new ArrayList<>();
        for (PromptGroups.Group group : groups) {
            int[] prompt = prompts.get(ofPrompt.size());
            for (int i = 0; i < group.members().length; i++) {
                ofPrompt.add(prefixes.size());
            }
            prefixes.add(Arrays.copyOf(prompt, group.prefix()));
        }
        return new SharedPrefixes(
                prefixes, ofPrompt.stream().mapToInt(Integer::intValue).toArray());
    }

    boolean isEmpty() {
        return prefixes.isEmpty();
    }

    /** Tokens of a prompt that its prefix covers. */
    int length(int prompt) {
        return isEmpty() ? 0 : prefixes.get(ofPrompt[prompt]).length;
    }

    /** What of each prompt is left to read. */
    List<int[]> rests(List<int[]> prompts) {
        if (isEmpty()) {
            return prompts;
        }
        List<int[]> rests = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            rests.add(Arrays.copyOfRange(prompts.get(i), length(i), prompts.get(i).length));
        }
        return rests;
    }

    /** The rests of prompts, at their positions behind the prefixes. */
    TokenLayout behind(TokenLayout rests) {
        int[] offsets = new int[rests.rows()];
        Arrays.setAll(offsets, this::length);
        return isEmpty() ? rests : rests.movedBy(offsets);
    }

    /** A cache with a row for each prompt, in which its prefix is read; the caller closes it. */
    KeyValueCache read(DecoderModel model, int padId) {
        KeyValueCache cache = model.newCache();
        try {
            if (!isEmpty()) {
                model.read(TokenLayout.leftPadded(prefixes, padId), cache);
                cache.select(ofPrompt);
            }
            return cache;
        } catch (RuntimeException | Error e) {
            cache.close();
            throw e;
        }
    }
}
