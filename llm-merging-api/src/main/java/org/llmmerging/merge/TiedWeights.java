package org.llmmerging.merge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.llmmerging.checkpoint.TensorInfo;

/**
 * What config.json must say of tied embeddings: loaders ignore an output head in the weights when the configuration ties
 * it to the embedding, so a head that is written unties it.
 */
final class TiedWeights {
    private static final Set<String> HEADS = Set.of("lm_head.weight", "embed_out.weight");
    private static final String TIED = "tie_word_embeddings";

    private TiedWeights() {}

    /**
     * The value that differs, or nothing.
     *
     * @param config config.json of the model that the others follow
     * @param written the tensors of the output
     */
    static Map<String, Object> changes(JsonNode config, Collection<TensorInfo> written) {
        boolean hasHead = written.stream().anyMatch(tensor -> HEADS.contains(tensor.name()));
        return hasHead && config.path(TIED).asBoolean(false) ? Map.of(TIED, false) : Map.of();
    }
}
