package org.llmmerging.checkpoint;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of the tensors with a row for each token, which PEFT saves whole without being asked to. */
final class LoraVocabulary {
    private static final Set<String> HEADS = Set.of("lm_head", "embed_out");
    private static final Set<String> EMBEDDINGS = Set.of("embed_tokens", "embed_in", "wte", "shared",
            "word_embeddings");
    private static final String WEIGHT = ".weight";
    private static final Pattern OF_DECODER = Pattern.compile(
            "(?<root>model\\.decoder|model|transformer)\\.(language_model\\.)?(embed_tokens|wte|word_embeddings)\\.weight");
    private static final String HEAD_OF_DECODER = "lm_head.weight";

    private LoraVocabulary() {}

    /** Whether the tensor is an embedding of tokens or an output head. */
    static boolean contains(String name) {
        return isHead(name) || isEmbedding(name);
    }

    /** Whether the tensor is an output head, which a base with tied weights lacks. */
    static boolean isHead(String name) {
        return isWeightOf(HEADS, name);
    }

    /** Whether the tensor is an embedding of tokens, which a base with tied weights has for both. */
    static boolean isEmbedding(String name) {
        return isWeightOf(EMBEDDINGS, name);
    }

    /**
     * The head that a decoder has or, when its weights are tied, uses this embedding for; empty when it is none.
     *
     * @param names all tensors of the model, to tell it from a classifier, which has no such head
     */
    static Optional<String> headFor(String embedding, Set<String> names) {
        Matcher matcher = OF_DECODER.matcher(embedding);
        return matcher.matches() && names.stream().allMatch(name -> name.startsWith(matcher.group("root") + "."))
                ? Optional.of(HEAD_OF_DECODER)
                : Optional.empty();
    }

    private static boolean isWeightOf(Set<String> modules, String name) {
        if (!name.endsWith(WEIGHT)) {
            return false;
        }
        String module = name.substring(0, name.length() - WEIGHT.length());
        return modules.contains(module.substring(module.lastIndexOf('.') + 1));
    }
}
