package org.llmmerging.plugins.llama2;

import java.util.Collection;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.eval.KitMerges;

/** The standard methods, the greedy soup and DAM for Llama 2, and the original kit's own name {@code llama_avg}. */
public final class Llama2Merges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        return KitMerges.forArchitecture("llama2", "llama_avg");
    }
}
