package org.llmmerging.plugins.llama2;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.StandardMerges;
import org.llmmerging.eval.train.dam.DamMerges;
import org.llmmerging.soup.SoupMerges;

/** The standard methods, the greedy soup and DAM for Llama 2, and the original kit's own name {@code llama_avg}. */
public final class Llama2Merges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        List<Merges> merges = new ArrayList<>(StandardMerges.forArchitecture("llama2"));
        merges.add(SoupMerges.forArchitecture("llama2"));
        merges.add(StandardMerges.named("llama_avg", "linear", "llama2"));
        merges.add(DamMerges.forArchitecture("llama2"));
        return merges;
    }
}
