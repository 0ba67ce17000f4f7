package org.llmmerging.plugins.llama;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.StandardMerges;
import org.llmmerging.eval.train.dam.DamMerges;
import org.llmmerging.soup.SoupMerges;

/** The standard methods, the greedy soup and DAM for models of the first Llama's architecture, TinyLlama among them, and the original kit's own name {@code tiny_llama_avg}. */
public final class LlamaMerges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        List<Merges> merges = new ArrayList<>(StandardMerges.forArchitecture("llama"));
        merges.add(SoupMerges.forArchitecture("llama"));
        merges.add(StandardMerges.named("tiny_llama_avg", "linear", "llama"));
        merges.add(DamMerges.forArchitecture("llama"));
        return merges;
    }
}
