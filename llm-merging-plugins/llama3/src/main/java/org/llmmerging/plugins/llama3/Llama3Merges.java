package org.llmmerging.plugins.llama3;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.llmmerging.Merges;
import org.llmmerging.MergesProvider;
import org.llmmerging.StandardMerges;
import org.llmmerging.eval.train.dam.DamMerges;
import org.llmmerging.soup.SoupMerges;

/** The standard methods, the greedy soup and DAM for Llama 3. */
public final class Llama3Merges implements MergesProvider {
    @Override
    public Collection<Merges> merges() {
        List<Merges> merges = new ArrayList<>(StandardMerges.forArchitecture("llama3"));
        merges.add(SoupMerges.forArchitecture("llama3"));
        merges.add(DamMerges.forArchitecture("llama3"));
        return merges;
    }
}
