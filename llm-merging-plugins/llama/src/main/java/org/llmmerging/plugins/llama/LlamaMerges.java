package org.llmmerging.plugins.llama;

import java.util.Collection;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.eval.KitMerges;

/**
 * The standard methods, the greedy soup and DAM for models of the first Llama's architecture, TinyLlama among them, and
 * the original kit's own name {@code tiny_llama_avg}.
 */
public final class LlamaMerges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        return KitMerges.forArchitecture("llama", "tiny_llama_avg");
    }
}
