package org.llmmerging.merge;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.llmmerging.checkpoint.TensorInfo;

/** What tensors outside the layers are for, as far as the names of known architectures show. */
final class TensorRoles {
    /** The output head's weight in most decoders. */
    static final String LANGUAGE_HEAD = "lm_head.weight";

    private static final String WEIGHT = "weight";
    private static final String BIAS = "bias";

    /** Names of the modules whose weights and biases have a row for every token. */
    private static final Set<String> VOCABULARY_MODULES = Set.of(
            "embed_tokens",
            "tok_embeddings",
            "token_embedding",
            "word_embeddings",
            "word_embedding",
            "embeddings",
            "embedding",
            "embed_in",
            "embed_out",
            "wte",
            "shared",
            "lm_head",
            "decoder",
            "output_layer",
            "vocab_projector");

    /** The same of modules whose names mean other things inside a larger one. */
    private static final Set<String> VOCABULARY_TENSORS = Set.of("output.weight", "head.weight", "proj_out.weight");

    /** The bias that BERT keeps apart from its head. */
    private static final String PREDICTIONS = "predictions";

    private static final List<String> BEFORE_LAYERS = List.of(
            "embed_tokens", "embed_positions", "embedding", "embed_in", "word_embed", "wte", "wpe");

    /** Parts of the names of tensors that have nothing to do with tokens, whatever their sizes. */
    private static final List<String> OF_NO_TOKENS = List.of("norm", "ln_", "position", "wpe", "token_type");

    /** Names that tensors end with, and those of the tensors that may be used in their place, the likeliest first. */
    private static final Map<String, List<String>> TIED = Map.ofEntries(
            Map.entry(
                    LANGUAGE_HEAD,
                    List.of(
                            "model.embed_tokens.weight",
                            "shared.weight",
                            "transformer.wte.weight",
                            "wte.weight",
                            "embed_tokens.weight",
                            "backbone.embeddings.weight",
                            "backbone.embedding.weight")),
            Map.entry("encoder.embed_tokens.weight", List.of("shared.weight")),
            Map.entry("decoder.embed_tokens.weight", List.of("shared.weight")),
            Map.entry("embed_out.weight", List.of("gpt_neox.embed_in.weight")),
            Map.entry("proj_out.weight", List.of("decoder.embed_tokens.weight")),
            Map.entry("predictions.decoder.weight", List.of("embeddings.word_embeddings.weight")),
            Map.entry("predictions.decoder.bias", List.of("predictions.bias")),
            Map.entry("lm_head.decoder.weight", List.of("embeddings.word_embeddings.weight")),
            Map.entry("lm_head.decoder.bias", List.of("lm_head.bias")),
            Map.entry("vocab_projector.weight", List.of("embeddings.word_embeddings.weight")));

    private TensorRoles() {}

    /** Whether a tensor has a row for every token: an embedding of tokens, or what makes logits of hidden states. */
    static boolean isVocabulary(TensorInfo tensor) {
        return tensor.shape().rank() > 0 && isVocabularyName(tensor.name());
    }

    private static boolean isVocabularyName(String name) {
        if (TensorName.parse(name).isInLayer()) {
            return false;
        }
        int last = name.lastIndexOf('.');
        String module = last < 0 ? "" : name.substring(name.lastIndexOf('.', last - 1) + 1, last);
        String parameter = name.substring(last + 1);
        return switch (parameter) {
            case WEIGHT -> VOCABULARY_MODULES.contains(module) || VOCABULARY_TENSORS.contains(name);
            case BIAS -> VOCABULARY_MODULES.contains(module) || module.equals(PREDICTIONS);
            default -> false;
        };
    }

    /**
     * Whether a tensor outside the layers may have an element for every token though its name is not that of an
     * embedding or a head: one of its dimensions is the number of tokens.
     *
     * @param rows the numbers of rows of the model's embeddings and heads
     */
    static boolean mayBeVocabulary(TensorInfo tensor, Set<Long> rows) {
        String name = tensor.name().toLowerCase(Locale.ROOT);
        boolean sized = false;
        for (long dimension : tensor.shape().dimensions()) {
            sized |= rows.contains(dimension);
        }
        return sized && !isVocabulary(tensor) && OF_NO_TOKENS.stream().noneMatch(name::contains);
    }

    /** Whether a tensor is the output head's weight, or its like: it makes logits of hidden states. */
    static boolean isHead(TensorInfo tensor) {
        return isVocabulary(tensor) && tensor.name().endsWith("." + WEIGHT) && !comesBeforeLayers(tensor.name());
    }

    /** Whether a tensor outside the layers comes before them: an embedding of tokens, or what encodes positions. */
    static boolean comesBeforeLayers(String name) {
        return endsWith(name, "shared.weight")
                || endsWith(name, TensorNames.POSITION_BIAS) || BEFORE_LAYERS.stream().anyMatch(name::contains);
    }

    /**
     * The tensor whose weights one that is not there shares (tied embeddings).
     *
     * @param names the tensors that are there
     */
    static Optional<String> lender(String name, Set<String> names) {
        if (TensorName.parse(name).isInLayer()) {
            return Optional.empty();
        }
        for (Map.Entry<String, List<String>> tied : TIED.entrySet()) {
            if (endsWith(name, tied.getKey())) {
                String prefix = name.substring(0, name.length() - tied.getKey().length());
                return Stream.concat(
                        tied.getValue().stream().map(prefix::concat).filter(names::contains),
                        tied.getValue().stream().flatMap(lender -> only(lender, names).stream()))
                        .findFirst();
            }
        }
        return Optional.empty();
    }

    /** The only name that ends with another; of several nobody knows which is meant. */
    private static Optional<String> only(String end, Set<String> names) {
        List<String> ending = names.stream()
                .filter(name -> endsWith(name, end) && !TensorName.parse(name).isInLayer())
                .toList();
        return ending.size() == 1 ? Optional.of(ending.getFirst()) : Optional.empty();
    }

    private static boolean endsWith(String name, String end) {
        return name.equals(end) || name.endsWith("." + end);
    }
}
